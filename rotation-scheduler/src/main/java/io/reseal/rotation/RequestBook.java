package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Where requests are kept. */
interface RequestBook {

    /** Every request that was ever made. */
    Stream<ApprovalRequest> all();

    /** Changes a request on the basis of what is there, one change after the other. */
    ApprovalRequest change(String id, Function<Optional<ApprovalRequest>, ApprovalRequest> change, AuditEntry entry);
}
