package io.reseal.rotation.pace;

/** What a signal asks of a run. */
public enum SignalLevel {
    /** Nothing. */
    NORMAL,
    /** To work less. */
    SLOW,
    /** To begin no batch. */
    STOP,
    /** It cannot be read here; the reason says why, and what to do if something can be done. */
    UNAVAILABLE
}
