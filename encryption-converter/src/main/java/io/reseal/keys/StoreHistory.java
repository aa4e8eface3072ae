package io.reseal.keys;

import io.reseal.keys.spi.StoredKeys;
import java.util.Map;
import java.util.Optional;

/**
 * What a key store tells of its own past, to be compared with what others know of it.
 *
 * @param end how far it has come
 * @param audited the greatest generation that the audit log tells of
 */
record StoreHistory(AnchorState end, Recoveries recoveries, long audited) {

    static StoreHistory of(StoredKeys stored) {
        return new StoreHistory(AnchorState.of(stored), Recoveries.of(stored), stored.audited());
    }

    /**
     * Why this is not what became of what is known; empty if it is.
     *
     * @param who for example "this process has seen"
     */
    Optional<String> contradicts(AnchorState known, String who) {
        if (end.generation() < known.generation()) {
            return Optional.of(at("and " + who + " generation " + known.generation() + ": an older copy was restored"));
        }
        if (!known.store().isEmpty() && !known.store().equals(end.store())) {
            return Optional.of(at("and " + who + " another key store, at generation " + known.generation()));
        }
        if (end.generation() == known.generation() && !end.contents().equals(known.contents())) {
            return Optional.of(at("and " + who + " another content of that generation: another copy was restored"));
        }
        return onAnotherBranch(known, who).or(() -> lacksVersion(known, who));
    }

    private String at(String rest) {
        return "The key store is at generation " + end.generation() + ", " + rest;
    }

    /** What is known happened on a copy that was given up, by somebody who knew as much, or less. */
    private Optional<String> onAnotherBranch(AnchorState known, String who) {
        if (known.branch().equals(end.branch())) {
            return Optional.empty();
        }
        Optional<Long> leftOut = recoveries.leftOut(known.branch());
        if (leftOut.isEmpty()) {
            return Optional.of(at("and lacks a recovery that " + who + ": another copy was restored"));
        }
        return known.generation() <= leftOut.get()
                ? Optional.empty()
                : Optional.of(at("and was recovered from an older copy by somebody who knew less: " + who
                        + " generation " + known.generation() + " of the copy that was lost"));
    }

    private Optional<String> lacksVersion(AnchorState known, String who) {
        return known.highest().entrySet().stream()
                .filter(there -> issued(there.getKey()) < there.getValue())
                .findFirst()
                .map(Map.Entry::getKey)
                .map(type -> at("and " + who + " " + type + " version "
                        + known.highest().get(type) + ", which it lacks: an older copy was restored"));
    }

    private int issued(String type) {
        return Math.max(end.highest().getOrDefault(type, 0), recoveries.floor(type));
    }

    /** Why the audit log, which is written together with the store, is not of this store; empty if it may be. */
    Optional<String> contradictsAudit() {
        return audited > Math.max(end.generation(), recoveries.audited())
                ? Optional.of(at("and the audit log tells of generation " + audited + ": an older copy was restored"))
                : Optional.empty();
    }
}
