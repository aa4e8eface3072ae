package io.reseal.rotation.pace;

import java.util.Optional;

/**
 * What a signal said.
 *
 * @param name the signal's, or the hook's
 * @param value in the signal's unit; empty if it is unavailable or has none
 * @param threshold empty if it has none
 * @param reason what was seen, in words; never a value of the application's
 */
public record SignalReading(
        Signal signal,
        String name,
        SignalLevel level,
        Optional<Double> value,
        Optional<Threshold> threshold,
        String reason) {

    /** A reading of a number. */
    public static SignalReading of(Signal signal, double value, Threshold threshold, String reason) {
        return new SignalReading(
                signal, signal.name(), threshold.judge(value), Optional.of(value), Optional.of(threshold), reason);
    }

    /** A signal that cannot be read here. */
    public static SignalReading unavailable(Signal signal, String reason) {
        return new SignalReading(
                signal, signal.name(), SignalLevel.UNAVAILABLE, Optional.empty(), Optional.empty(), reason);
    }
}
