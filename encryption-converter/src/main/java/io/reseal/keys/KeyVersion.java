package io.reseal.keys;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What is known of one key version: metadata only, never material.
 *
 * @param entered when it last entered each state that it has been in; DEACTIVATED is when it left ACTIVE, wherever to
 * @param origin the state that it returns to if its destruction is cancelled; empty unless it is PENDING_DESTROY
 */
public record KeyVersion(KeyId id, KeyState state, Map<KeyState, Instant> entered, Optional<KeyState> origin) {

    public KeyVersion {
        entered = Collections.unmodifiableMap(new EnumMap<>(entered));
        if (!entered.containsKey(KeyState.PRE_ACTIVE)) {
            throw new IllegalArgumentException("The key " + id + " was never created");
        }
        if (origin.isPresent() != (state == KeyState.PENDING_DESTROY)) {
            throw new IllegalArgumentException(
                    "The key " + id + " is " + state + ": exactly a key in PENDING_DESTROY has a state to return to");
        }
    }

    /** A version as it is made. */
    public static KeyVersion created(KeyId id, Instant at) {
        return new KeyVersion(id, KeyState.PRE_ACTIVE, Map.of(KeyState.PRE_ACTIVE, at), Optional.empty());
    }

    public KeyType type() {
        return id.type();
    }

    public int version() {
        return id.version();
    }

    public Instant created() {
        return Objects.requireNonNull(entered.get(KeyState.PRE_ACTIVE));
    }

    /** When it became ACTIVE; empty if it never was. */
    public Optional<Instant> activated() {
        return entered(KeyState.ACTIVE);
    }

    /** When a successor took over, whatever state that put this version into; empty until then. */
    public Optional<Instant> deactivated() {
        return entered(KeyState.DEACTIVATED);
    }

    /** When it last entered {@code state}; empty if it never did. */
    public Optional<Instant> entered(KeyState state) {
        return Optional.ofNullable(entered.get(state));
    }

    /**
     * This version in another state.
     *
     * @throws io.reseal.IllegalTransitionException if {@link KeyTransitions} does not lead there
     */
    public KeyVersion moved(KeyState to, Instant at) {
        KeyTransitions.require(this, to);
        Map<KeyState, Instant> moments = new EnumMap<>(entered);
        if (state == KeyState.ACTIVE) {
            moments.put(KeyState.DEACTIVATED, at);
        }
        boolean returns = state == KeyState.SUSPENDED || state == KeyState.PENDING_DESTROY;
        if (!returns || !moments.containsKey(to)) {
            moments.put(to, at);
        }
        return new KeyVersion(id, to, moments, to == KeyState.PENDING_DESTROY ? Optional.of(state) : Optional.empty());
    }
}
