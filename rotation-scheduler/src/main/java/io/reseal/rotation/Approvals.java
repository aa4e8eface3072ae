package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that nobody alone does what takes several people: one asks, others approve exactly that, and within its lifetime it is
 * carried out once. Requests are protected like the keys, shared by all nodes, and kept; each step is in the audit log. Only those to
 * recover a key store, which takes no change before, are in the memory of one process. Safe for use by several threads.
 *
 * <p>Throws what {@link io.reseal.keys.KeyLifecycle} throws when the key store does not answer or was changed by somebody else.
 */
public final class Approvals {

    /** How long a request is valid unless something else is asked for. */
    public static final Duration LIFETIME = Duration.ofHours(24);

    /** How long a request is valid at most. */
    public static final Duration MAX_LIFETIME = Duration.ofDays(7);

    private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
    private static final int MAX_REASON = 1_000;
    private static final Comparator<ApprovalRequest> OLDEST_FIRST = Comparator.comparing(ApprovalRequest::requestedAt);

    private final KeyRegistry keys;
    private final Clocks clocks;
    private final PoliciesInForce policies;
    private final RequestBook stored;
    private final RequestBook local = new LocalRequests();
    private final List<ApprovalListener> listeners = new CopyOnWriteArrayList<>();

    Approvals(KeyRegistry keys, PoliciesInForce policies, Clocks clocks) {
        this.keys = keys;
        this.policies = policies;
        this.clocks = clocks;
        this.stored = new StoredRequests(keys);
    }

    /** A key store that was rolled back takes no change before it is recovered. */
    private RequestBook book(GuardedOperation operation) {
        return operation.action() == GuardedAction.RECOVER ? local : stored;
    }

    private boolean takesOthers(GuardedOperation operation, Keyring keyring) {
        return operation.takesOthers()
                && (operation.action() == GuardedAction.DESTROY || !policies.isKeptByOne(keyring));
    }

    /** Tells somebody more of each step that is taken on this node. */
    public void addListener(ApprovalListener listener) {
        listeners.add(listener);
    }

    /** Asks for approvals, valid for {@link #LIFETIME}. */
    public ApprovalRequest request(GuardedOperation operation, Person requester, String reason) {
        return request(operation, requester, reason, LIFETIME);
    }

    /**
     * Asks for approvals.
     *
     * @param reason why, for approvers and the audit: at most 1,000 characters
     * @param lifetime how long the request is valid: positive, at most {@link #MAX_LIFETIME}
     */
    public ApprovalRequest request(GuardedOperation operation, Person requester, String reason, Duration lifetime) {
        if (lifetime.isNegative() || lifetime.isZero() || lifetime.compareTo(MAX_LIFETIME) > 0) {
            throw new IllegalArgumentException(
                    "The lifetime of a request is " + lifetime + ": it must be positive, and at most " + MAX_LIFETIME);
        }
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new IllegalArgumentException("A request needs a reason of at most " + MAX_REASON + " characters");
        }
        Instant now = clocks.earlier();
        ApprovalRequest request = new ApprovalRequest(
                UUID.randomUUID().toString(),
                operation,
                requester,
                reason,
                now,
                now.plus(lifetime),
                ApprovalRequest.State.OPEN,
                List.of());
        AuditEntry entry = entry(requester, "request-approval", request);
        return told(book(operation).change(request.id(), absent -> request, entry));
    }

    /**
     * Agrees to a request as it was seen.
     *
     * @param seen what the approver was shown; of another request than the one that is stored, nothing is approved
     * @throws ApprovalRefusedException if the approver asked for it or has approved it already, is known to another authority, or if it
     *     has changed, expired, been used or withdrawn
     */
    public ApprovalRequest approve(ApprovalRequest seen, Person approver) {
        return change(seen, entry(approver, "approve", seen), request -> {
            requireUnchanged(seen, request);
            requireOther(request, approver);
            return request.with(new ApprovalRequest.Approval(approver, now(), request.digest()));
        });
    }

    /** Stops a request; anyone may, alone. */
    public ApprovalRequest withdraw(ApprovalRequest seen, Person person) {
        return change(
                seen,
                entry(person, "withdraw-approval", seen),
                request -> request.with(ApprovalRequest.State.WITHDRAWN));
    }

    /** Stops every request that the key store holds and that waits or could be carried out. */
    void withdrawAll(Person person, String reason) {
        keys.decisions().decide(keyring -> {
            List<ProtectedRecord> withdrawn = withdrawn(StoredRequests.of(keyring));
            AuditEntry entry = new AuditEntry(person.toString(), "withdraw-approval", reason);
            return withdrawn.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new KeyDecision(Optional.empty(), withdrawn, entry));
        });
    }

    private List<ProtectedRecord> withdrawn(Stream<ApprovalRequest> requests) {
        Instant now = now();
        return requests.filter(request -> request.isValid(now))
                .map(request -> ApprovalRecord.of(request.with(ApprovalRequest.State.WITHDRAWN)))
                .toList();
    }

    /** What waits for approvals, or to be carried out, oldest first. */
    public List<ApprovalRequest> open() {
        Instant now = now();
        return Stream.concat(stored.all(), local.all())
                .filter(request -> request.isValid(now))
                .sorted(OLDEST_FIRST)
                .toList();
    }

    /**
     * Carries out what is no change of the key store if enough people have agreed to exactly that. The request is used up before, so
     * that nothing happens twice: if {@code action} fails, it has to be asked for again.
     *
     * @param who carries it out: need not be the one who asked
     * @return what {@code action} returns
     * @throws ApprovalRequiredException if there is no valid request with enough approvals; nothing was done
     */
    public <T> T perform(GuardedOperation operation, Person who, Supplier<T> action) {
        return perform(operation, who, evidence -> action.get());
    }

    /** The same; {@code action} is told who has agreed. */
    <T> T perform(GuardedOperation operation, Person who, Function<String, T> action) {
        return action.apply(
                takesOthers(operation, keys.keyring()) ? use(operation, who).evidence() : "one person keeps the store");
    }

    /** A change of the key store that enough people have to have agreed to. */
    record Guarded(GuardedOperation operation, KeyDecision decision) {}

    /**
     * Changes the key store if enough people have agreed to exactly that; the change and the use of their request are one transition, so
     * that neither is without the other, and nothing that either rests on has changed meanwhile. Other requests for the same end with
     * it: they were for what has been done.
     *
     * @param look what is to be done by the keys and records it is given; nothing is, if it is empty
     * @throws ApprovalRequiredException if there is no valid request with enough approvals; nothing was done
     */
    void decide(Function<Keyring, Optional<Guarded>> look) {
        keys.decisions().decide(keyring -> look.apply(keyring).map(guarded -> using(keyring, guarded))).stream()
                .flatMap(decision -> decision.records().stream())
                .filter(record -> record.kind().equals(ApprovalRecord.KIND))
                .map(ApprovalRecord::read)
                .forEach(this::told);
    }

    private KeyDecision using(Keyring keyring, Guarded guarded) {
        KeyDecision decision = guarded.decision();
        if (!takesOthers(guarded.operation(), keyring)) {
            return decision;
        }
        ApprovalRequest used = granted(guarded.operation(), StoredRequests.of(keyring))
                .orElseThrow(() -> required(guarded.operation(), decision.entry()))
                .with(ApprovalRequest.State.USED);
        Stream<ApprovalRequest> equal = StoredRequests.of(keyring)
                .filter(request -> request.operation().equals(guarded.operation()))
                .filter(request -> !request.id().equals(used.id()));
        List<ProtectedRecord> records = Stream.of(
                        decision.records(), List.of(ApprovalRecord.of(used)), withdrawn(equal))
                .flatMap(List::stream)
                .toList();
        AuditEntry entry = decision.entry();
        return new KeyDecision(decision.move(), records, entry.telling(used.evidence() + "; " + entry.detail()));
    }

    /** The request on whose strength something may be carried out now. */
    Optional<ApprovalRequest> granted(GuardedOperation operation) {
        return granted(operation, book(operation).all());
    }

    private Optional<ApprovalRequest> granted(GuardedOperation operation, Stream<ApprovalRequest> requests) {
        Instant now = now();
        return requests.sorted(OLDEST_FIRST)
                .filter(request -> request.permits(operation, now))
                .findFirst();
    }

    /** How far the approvals of something are, in words. */
    String found(GuardedOperation operation) {
        return open().stream()
                .filter(request -> request.operation().equals(operation))
                .max(Comparator.comparingInt(ApprovalRequest::granted))
                .map(request -> "the request " + request.id() + " of " + request.requester() + " has "
                        + request.granted() + " of " + operation.others())
                .orElse("nobody has asked for exactly this, or not in time");
    }

    private ApprovalRequest use(GuardedOperation operation, Person who) {
        AuditEntry asked = new AuditEntry(who.toString(), operation.action().step(), "");
        ApprovalRequest granted = granted(operation).orElseThrow(() -> required(operation, asked));
        ApprovalRequest used = change(granted, entry(who, "use-approval", granted), request -> {
            if (!request.permits(operation, now())) {
                throw required(operation, asked);
            }
            return request.with(ApprovalRequest.State.USED);
        });
        open().stream()
                .filter(request -> request.operation().equals(operation))
                .forEach(request -> withdraw(request, who));
        return used;
    }

    private ApprovalRequiredException required(GuardedOperation operation, AuditEntry asked) {
        return keys.trail()
                .refused(operation.subject(), asked, new ApprovalRequiredException(operation, found(operation)));
    }

    private ApprovalRequest change(ApprovalRequest seen, AuditEntry entry, UnaryOperator<ApprovalRequest> change) {
        try {
            return told(book(seen.operation()).change(seen.id(), present -> change.apply(valid(seen, present)), entry));
        } catch (ApprovalRefusedException e) {
            throw keys.trail().refused(seen.operation().subject(), entry, e);
        }
    }

    private ApprovalRequest valid(ApprovalRequest seen, Optional<ApprovalRequest> present) {
        ApprovalRequest request =
                present.orElseThrow(() -> new ApprovalRefusedException("There is no request " + seen.id() + " here"));
        if (!request.isValid(now())) {
            throw refused(request, "it is " + request.state() + ", and was valid until " + request.expiresAt());
        }
        return request;
    }

    private static void requireUnchanged(ApprovalRequest seen, ApprovalRequest request) {
        if (!seen.digest().equals(request.digest())) {
            throw refused(request, "it is not what the approver was shown");
        }
    }

    private static void requireOther(ApprovalRequest request, Person approver) {
        if (!approver.authority().equals(request.requester().authority())) {
            throw refused(
                    request,
                    approver + " is known to another authority than the requester, and may be the same person."
                            + " Approve with a login of " + request.requester().authority());
        }
        if (approver.mayBe(request.requester())) {
            throw refused(request, approver + " asked for it. Another person has to approve it");
        }
        if (request.approvals().stream().anyMatch(given -> given.person().mayBe(approver))) {
            throw refused(request, approver + " has approved it already. Another person has to approve it");
        }
    }

    private static ApprovalRefusedException refused(ApprovalRequest request, String why) {
        LOG.warn("A step was refused on the {}: {}", request, why);
        return new ApprovalRefusedException("The " + request + " stays as it is: " + why);
    }

    private ApprovalRequest told(ApprovalRequest request) {
        for (ApprovalListener listener : listeners) {
            try {
                listener.changed(request);
            } catch (RuntimeException e) {
                LOG.warn("A listener was not told of the {}", request, e);
            }
        }
        return request;
    }

    private static AuditEntry entry(Person person, String action, ApprovalRequest request) {
        return new AuditEntry(
                person.toString(), action, request.reason(), request.operation() + ", sha-256 " + request.digest());
    }

    /** A clock that stands still prolongs nothing. */
    private Instant now() {
        return clocks.later();
    }
}
