package io.reseal.keys.spi;

import io.reseal.keys.KeyTransitions.Condition;
import io.reseal.keys.ProtectedRecord;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A change of the key store that happens as a whole or not at all. */
public sealed interface KeyTransition {

    /** What it is about, for the audit log: of two keys, the one that becomes ACTIVE. */
    String subject();

    /** The states before and after, for the audit log; empty if there is nothing to say. */
    default String detail() {
        return "";
    }

    /**
     * A new version, as yet unused.
     *
     * @param records are added or replaced in the same step: with the first versions, what holds for them
     */
    record Create(WrappedKey key, List<ProtectedRecord> records) implements KeyTransition {

        public Create {
            records = List.copyOf(records);
        }

        public Create(WrappedKey key) {
            this(key, List.of());
        }

        @Override
        public String subject() {
            return key.metadata().id().toString();
        }

        @Override
        public String detail() {
            return records.stream().map(ProtectedRecord::toString).collect(Collectors.joining(", "));
        }
    }

    /**
     * A successor becomes ACTIVE, and its predecessor leaves ACTIVE in the same step.
     *
     * @param predecessor empty only if no version of the key type is active
     * @param announced a generation that holds the successor: with a predecessor, every node that seals must have acknowledged it
     */
    record Promote(StateChange successor, Optional<StateChange> predecessor, long announced) implements KeyTransition {

        public Promote {
            require(successor.condition() == Condition.BY_PROMOTION, "a successor becomes ACTIVE");
            predecessor.ifPresent(old -> require(
                    old.condition() == Condition.WITH_SUCCESSOR
                            && old.key().type().equals(successor.key().type()),
                    "the predecessor is the active version of the same key type"));
        }

        @Override
        public String subject() {
            return successor.key().toString();
        }

        @Override
        public String detail() {
            return successor + predecessor.map(old -> ", " + old).orElse("");
        }
    }

    /** One version changes its state, and ACTIVE is neither before nor after. DESTROYED erases its material in the same step. */
    record Move(StateChange change) implements KeyTransition {

        public Move {
            require(isMove(change), "ACTIVE is entered and left by a promotion");
        }

        @Override
        public String subject() {
            return change.key().toString();
        }

        @Override
        public String detail() {
            return change.toString();
        }
    }

    /** A record is added, or takes the place of the one of its kind and id. */
    record PutRecord(ProtectedRecord record) implements KeyTransition {

        @Override
        public String subject() {
            return record.toString();
        }
    }

    /**
     * Somebody's decision, with what it rests on and uses up: one version may change its state, and records are added or replaced
     * in the same step.
     */
    record Decide(Optional<StateChange> change, List<ProtectedRecord> records) implements KeyTransition {

        public Decide {
            records = List.copyOf(records);
            require(change.isPresent() || !records.isEmpty(), "a decision changes something");
            change.ifPresent(one -> require(isMove(one), "ACTIVE is entered and left by a promotion"));
        }

        @Override
        public String subject() {
            return change.map(one -> one.key().toString())
                    .orElseGet(() -> records.get(0).toString());
        }

        @Override
        public String detail() {
            return change.map(StateChange::toString).orElse("");
        }
    }

    private static boolean isMove(StateChange change) {
        return change.condition() == Condition.ALONE || change.condition() == Condition.TO_ORIGIN;
    }

    private static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("Not a transition of the key store: " + rule);
        }
    }
}
