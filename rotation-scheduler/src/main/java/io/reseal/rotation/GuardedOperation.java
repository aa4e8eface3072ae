package io.reseal.rotation;

import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.StoreCopy;
import io.reseal.keys.StrictRefusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Exactly one thing that nobody may do alone. Approvals are for this and for nothing that differs in any part; whoever carries it out
 * states it anew from what is there then.
 *
 * @param subject what it is done to, for example {@code database_encryption version 7}
 * @param parameters everything else that decides what happens
 * @param people how many must agree, the one who asks among them; fewer than 2 only for {@link GuardedAction#DESTROY}, where a policy
 *     chose it
 */
public record GuardedOperation(GuardedAction action, String subject, SortedMap<String, String> parameters, int people) {

    private static final int MAX_LENGTH = 2_000;
    private static final int TWO = 2;

    public GuardedOperation {
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        if (subject.isBlank() || subject.length() + parameters.toString().length() > MAX_LENGTH) {
            throw new IllegalArgumentException("The subject of " + action + " is blank, or it is longer than "
                    + MAX_LENGTH + " characters with its parameters");
        }
        if (people < 0 || (people < TWO && action != GuardedAction.DESTROY)) {
            throw new IllegalArgumentException(action + " takes at least two people, and was given " + people);
        }
    }

    /** How many must approve beside the one who asks. */
    int others() {
        return Math.max(0, people - 1);
    }

    /** Whether nobody may do it alone. */
    boolean takesOthers() {
        return others() > 0;
    }

    /**
     * Erasing a key that waits for it, by as many people as its policy says. An approval is void once the destruction was cancelled, or
     * people have declared something else about copies of the databases.
     *
     * @param copies what is declared about them
     */
    static GuardedOperation destroy(KeyVersion waiting, KeyPolicy policy, String copies) {
        SortedMap<String, String> parameters = new TreeMap<>(
                Map.of("waiting since", since(waiting, KeyState.PENDING_DESTROY), "copies of the databases", copies));
        return new GuardedOperation(GuardedAction.DESTROY, waiting.id().toString(), parameters, policy.approvals());
    }

    /** Lifting the present suspension of a key, and no later one. */
    public static GuardedOperation liftSuspension(KeyVersion suspended) {
        return byTwo(
                GuardedAction.LIFT_SUSPENSION,
                suspended.id().toString(),
                Map.of("suspended since", since(suspended, KeyState.SUSPENDED)));
    }

    /** Opening nothing any more under a compromised key. */
    public static GuardedOperation refuseCompromised(KeyVersion compromised) {
        return byTwo(
                GuardedAction.REFUSE_COMPROMISED,
                compromised.id().toString(),
                Map.of("compromised since", since(compromised, KeyState.COMPROMISED)));
    }

    /** Opening values under a compromised key again, that are refused at present. */
    public static GuardedOperation allowCompromised(StrictRefusal present) {
        return byTwo(
                GuardedAction.ALLOW_COMPROMISED,
                present.key().toString(),
                Map.of("refused since", present.since().map(Instant::toString).orElse("")));
    }

    /** Leaving a column out of what proofs look at, as far as it was mapped with one key type. */
    public static GuardedOperation retireColumn(SealedColumn column) {
        return byTwo(
                GuardedAction.RETIRE_COLUMN,
                column.table() + "." + column.column(),
                Map.of(
                        "schema",
                        column.schema().orElse(""),
                        "table",
                        column.table(),
                        "column",
                        column.column(),
                        "key type",
                        column.keyType().name()));
    }

    /** Putting a policy in the place of a stronger one. */
    public static GuardedOperation weakenPolicy(KeyPolicy before, KeyPolicy after) {
        return byTwo(
                GuardedAction.WEAKEN_POLICY,
                before.type().name(),
                Map.of("before", before.toString(), "after", after.toString()));
    }

    /** Going on from one certain older copy of the key store. */
    public static GuardedOperation recover(StoreCopy copy) {
        return byTwo(
                GuardedAction.RECOVER,
                "the key store",
                Map.of("generation", Long.toString(copy.generation()), "mac", copy.mac()));
    }

    /** Putting a backup of the key store, by the SHA-256 of its bytes, in the place of what is there. */
    public static GuardedOperation restore(String archive, String sha256) {
        return byTwo(GuardedAction.RESTORE, archive, Map.of("sha-256", sha256));
    }

    static GuardedOperation shortenRetention(String copies, Duration before, Duration after) {
        return byTwo(
                GuardedAction.WEAKEN_POLICY,
                "retention of " + copies,
                Map.of("before", before.toString(), "after", after.toString()));
    }

    /** @param copies what is declared about them */
    static GuardedOperation acceptUnreadableBackups(KeyVersion version, String copies) {
        return byTwo(
                GuardedAction.ACCEPT_UNREADABLE_BACKUPS,
                version.id().toString(),
                Map.of(
                        "copies of the databases",
                        copies,
                        "while the key is",
                        Stay.of(version).toString()));
    }

    /** Everything about it, in one order. */
    List<String> parts() {
        List<String> parts = new ArrayList<>(
                List.of(action.name(), subject, Integer.toString(people), Integer.toString(parameters.size())));
        parameters.forEach((name, value) -> parts.addAll(List.of(name, value)));
        return parts;
    }

    private static GuardedOperation byTwo(GuardedAction action, String subject, Map<String, String> parameters) {
        return new GuardedOperation(action, subject, new TreeMap<>(parameters), TWO);
    }

    private static String since(KeyVersion version, KeyState state) {
        return version.state() == state
                ? version.entered(state).map(Instant::toString).orElse("")
                : "";
    }

    @Override
    public String toString() {
        return action + " " + subject + " " + parameters;
    }
}
