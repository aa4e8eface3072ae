-- A hurdle against hasty hands, never the proof: the audit log only grows. Its verification finds who took the hurdle, for
-- example with TRUNCATE, which fires no trigger.

CREATE TRIGGER IF NOT EXISTS reseal_audit_no_update BEFORE UPDATE ON reseal_audit
    FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'The audit log only grows: UPDATE is refused';

CREATE TRIGGER IF NOT EXISTS reseal_audit_no_delete BEFORE DELETE ON reseal_audit
    FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'The audit log only grows: DELETE is refused';

CREATE TRIGGER IF NOT EXISTS reseal_audit_chain_no_update BEFORE UPDATE ON reseal_audit_chain
    FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'The audit log only grows: UPDATE is refused';

CREATE TRIGGER IF NOT EXISTS reseal_audit_chain_only_grows BEFORE DELETE ON reseal_audit_chain
    FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'The audit log only grows: DELETE is refused';
