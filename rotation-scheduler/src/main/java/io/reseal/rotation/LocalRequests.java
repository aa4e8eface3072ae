package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Requests in the memory of this process, for what is asked when the key store takes no change. */
final class LocalRequests implements RequestBook {

    private final Map<String, ApprovalRequest> requests = new ConcurrentHashMap<>();

    @Override
    public Stream<ApprovalRequest> all() {
        return requests.values().stream();
    }

    @Override
    @SuppressWarnings("NullAway") // the change returns a request, so that compute does
    public ApprovalRequest change(
            String id, Function<Optional<ApprovalRequest>, ApprovalRequest> change, AuditEntry entry) {
        return requests.compute(id, (key, present) -> change.apply(Optional.ofNullable(present)));
    }
}
