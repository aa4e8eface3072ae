package io.reseal.rotation.internal.jdbc;

import io.reseal.rotation.pace.Signal;
import java.util.Optional;

/**
 * A number that a database gives about its load.
 *
 * @param value in the signal's unit; empty if it cannot be known here
 * @param reason what was seen, or why nothing was and what to do
 */
public record LoadValue(Signal signal, Optional<Double> value, String reason) {

    static LoadValue of(Signal signal, double value, String reason) {
        return new LoadValue(signal, Optional.of(value), reason);
    }

    static LoadValue unknown(Signal signal, String reason) {
        return new LoadValue(signal, Optional.empty(), reason);
    }
}
