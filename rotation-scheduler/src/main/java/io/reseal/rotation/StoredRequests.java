package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.Keyring;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Requests among the protected records of the key store, shared by all nodes. */
final class StoredRequests implements RequestBook {

    private final KeyRegistry keys;

    StoredRequests(KeyRegistry keys) {
        this.keys = keys;
    }

    @Override
    public Stream<ApprovalRequest> all() {
        return of(keys.refresh());
    }

    static Stream<ApprovalRequest> of(Keyring keyring) {
        return keyring.records(ApprovalRecord.KIND).stream().map(ApprovalRecord::read);
    }

    @Override
    public ApprovalRequest change(
            String id, Function<Optional<ApprovalRequest>, ApprovalRequest> change, AuditEntry entry) {
        return ApprovalRecord.read(keys.records()
                .change(
                        ApprovalRecord.KIND,
                        id,
                        present -> ApprovalRecord.of(change.apply(present.map(ApprovalRecord::read))),
                        entry));
    }
}
