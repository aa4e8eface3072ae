-- A hurdle against hasty hands, never the proof: the audit log only grows. Its verification finds who took the hurdle.

CREATE OR REPLACE FUNCTION reseal_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''The audit log only grows: % on % is refused'', TG_OP, TG_TABLE_NAME; END';

CREATE TRIGGER reseal_audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON reseal_audit
    FOR EACH STATEMENT EXECUTE FUNCTION reseal_audit_only_grows();

CREATE TRIGGER reseal_audit_chain_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON reseal_audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION reseal_audit_only_grows();
