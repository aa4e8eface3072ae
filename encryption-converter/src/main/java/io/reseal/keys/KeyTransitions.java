package io.reseal.keys;

import io.reseal.IllegalTransitionException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The one table of what may become of a key version: NIST SP 800-57 part 1 revision 5, section 7, with a pending stage before
 * destruction. No state leads back to ACTIVE, and none out of DESTROYED.
 *
 * <p>Approvals, waiting times and gates come on top of it: they decide when a legal transition may be asked for.
 */
public final class KeyTransitions {

    private KeyTransitions() {}

    /** What else a transition needs. */
    public enum Condition {
        /** Nothing. */
        ALONE,
        /** Its predecessor, if there is one, leaves ACTIVE in the same step. */
        BY_PROMOTION,
        /** A successor becomes ACTIVE in the same step. */
        WITH_SUCCESSOR,
        /** The state is the one that was recorded when the key version became PENDING_DESTROY. */
        TO_ORIGIN
    }

    /** Every state that {@code from} leads to, and what that needs. */
    public static Map<KeyState, Condition> exits(KeyState from) {
        return switch (from) {
            case PRE_ACTIVE ->
                Map.of(
                        KeyState.ACTIVE, Condition.BY_PROMOTION,
                        KeyState.COMPROMISED, Condition.ALONE,
                        KeyState.DESTROYED, Condition.ALONE);
            case ACTIVE ->
                Map.of(
                        KeyState.DEACTIVATED, Condition.WITH_SUCCESSOR,
                        KeyState.SUSPENDED, Condition.WITH_SUCCESSOR,
                        KeyState.COMPROMISED, Condition.WITH_SUCCESSOR);
            case SUSPENDED ->
                Map.of(
                        KeyState.DEACTIVATED, Condition.ALONE,
                        KeyState.COMPROMISED, Condition.ALONE);
            case DEACTIVATED ->
                Map.of(
                        KeyState.SUSPENDED, Condition.ALONE,
                        KeyState.COMPROMISED, Condition.ALONE,
                        KeyState.PENDING_DESTROY, Condition.ALONE);
            case COMPROMISED -> Map.of(KeyState.PENDING_DESTROY, Condition.ALONE);
            case PENDING_DESTROY ->
                Map.of(
                        KeyState.DEACTIVATED, Condition.TO_ORIGIN,
                        KeyState.COMPROMISED, Condition.TO_ORIGIN,
                        KeyState.DESTROYED, Condition.ALONE);
            case DESTROYED -> Map.of();
        };
    }

    /** What {@code from} → {@code to} needs; empty if it is illegal. */
    public static Optional<Condition> condition(KeyState from, KeyState to) {
        return Optional.ofNullable(exits(from).get(to));
    }

    /**
     * Says that one key version may go to a state, as far as it knows by itself.
     *
     * @throws IllegalTransitionException if not
     */
    static Condition require(KeyVersion version, KeyState to) {
        Condition condition = condition(version.state(), to).orElseThrow(() -> illegal(version, to));
        if (condition == Condition.TO_ORIGIN && !version.origin().equals(Optional.of(to))) {
            throw illegal(version, to);
        }
        return condition;
    }

    static IllegalTransitionException illegal(KeyVersion version, KeyState to) {
        return new IllegalTransitionException("The key " + version.id() + " is " + version.state()
                + " and cannot become " + to + ". From here it " + legal(version) + ". " + remedy(version.state()));
    }

    private static String legal(KeyVersion version) {
        String legal = exits(version.state()).entrySet().stream()
                .filter(exit -> exit.getValue() != Condition.TO_ORIGIN
                        || version.origin().equals(Optional.of(exit.getKey())))
                .map(exit -> exit.getKey()
                        + (exit.getValue() == Condition.WITH_SUCCESSOR
                                ? " (together with a successor's promotion)"
                                : ""))
                .sorted()
                .collect(Collectors.joining(", "));
        return legal.isEmpty() ? "goes nowhere" : "may become " + legal;
    }

    private static String remedy(KeyState from) {
        return switch (from) {
            case PRE_ACTIVE -> "Promote it first, or destroy it";
            case ACTIVE -> "Promote a successor, which takes this one out of use";
            case SUSPENDED -> "Lift the suspension first";
            case DEACTIVATED, COMPROMISED -> "What must be sealed needs a new version: rotate the key type";
            case PENDING_DESTROY -> "Cancel the destruction first";
            case DESTROYED -> "Its material is gone for good";
        };
    }
}
