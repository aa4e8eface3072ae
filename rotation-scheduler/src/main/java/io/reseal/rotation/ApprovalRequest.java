package io.reseal.rotation;

import io.reseal.rotation.internal.reencrypt.CanonicalDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Somebody's wish to do what takes several people, and who has agreed so far.
 *
 * @param id unique
 * @param reason why, in the requester's words
 * @param approvals in the order in which they were given
 */
public record ApprovalRequest(
        String id,
        GuardedOperation operation,
        Person requester,
        String reason,
        Instant requestedAt,
        Instant expiresAt,
        State state,
        List<Approval> approvals) {

    private static final String LABEL = "reseal/approval-request/v1";

    /** Clocks of several nodes are never quite the same. */
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    public ApprovalRequest {
        approvals = List.copyOf(approvals);
    }

    /** Whether a request may still lead to something. */
    public enum State {
        /** It may be approved and used, until it expires. */
        OPEN,
        /** What it was for was begun: it serves for nothing more. */
        USED,
        /** Somebody stopped it. */
        WITHDRAWN
    }

    /**
     * One person's agreement.
     *
     * @param digest of the request that this person saw
     */
    public record Approval(Person person, Instant at, String digest) {}

    /** SHA-256 over everything that an approver agrees to; an approval counts only while this stays what it was. */
    public String digest() {
        List<String> parts = new ArrayList<>(List.of(
                LABEL,
                id,
                requester.authority(),
                requester.subject(),
                reason,
                requestedAt.toString(),
                expiresAt.toString()));
        parts.addAll(operation.parts());
        return CanonicalDigest.of(parts);
    }

    /** Whether it is open, and {@code now} is before its end. A clock that went back makes it invalid as well. */
    public boolean isValid(Instant now) {
        return state == State.OPEN && now.isBefore(expiresAt) && !now.isBefore(requestedAt.minus(TOLERANCE));
    }

    /** How many different people beside the requester have agreed to exactly this. */
    public int granted() {
        String digest = digest();
        List<Person> people = new ArrayList<>();
        for (Approval approval : approvals) {
            Person person = approval.person();
            if (approval.digest().equals(digest)
                    && !person.mayBe(requester)
                    && people.stream().noneMatch(person::mayBe)) {
                people.add(person);
            }
        }
        return people.size();
    }

    /** Whether {@code operation} may be carried out on the strength of it. */
    boolean permits(GuardedOperation wanted, Instant now) {
        return operation.equals(wanted) && isValid(now) && granted() >= wanted.others();
    }

    /** Who has agreed to what, for the audit log. */
    String evidence() {
        String people =
                approvals.stream().map(approval -> approval.person().toString()).collect(Collectors.joining(", "));
        return "asked for by " + requester + ", approved by " + people + ", request " + id + ", sha-256 " + digest();
    }

    ApprovalRequest with(State another) {
        return new ApprovalRequest(id, operation, requester, reason, requestedAt, expiresAt, another, approvals);
    }

    ApprovalRequest with(Approval another) {
        List<Approval> more = new ArrayList<>(approvals);
        more.add(another);
        return new ApprovalRequest(id, operation, requester, reason, requestedAt, expiresAt, state, more);
    }

    @Override
    public String toString() {
        return "request " + id + " of " + requester + " to " + operation;
    }
}
