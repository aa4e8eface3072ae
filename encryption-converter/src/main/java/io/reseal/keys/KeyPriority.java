package io.reseal.keys;

/** How urgent the rotation of a key type is, most urgent first. */
public enum KeyPriority {
    CRITICAL,
    HIGH,
    MEDIUM
}
