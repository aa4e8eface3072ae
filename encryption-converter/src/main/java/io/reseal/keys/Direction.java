package io.reseal.keys;

/** What was done with a key. */
public enum Direction {
    /** A value was encrypted under it. */
    SEAL,
    /** A value under it was decrypted. */
    OPEN
}
