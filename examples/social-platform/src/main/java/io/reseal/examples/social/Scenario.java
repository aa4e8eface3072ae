package io.reseal.examples.social;

/** What happens to the keys. */
enum Scenario {
    /** They are rotated as they would be on schedule. */
    ROTATION,
    /** They are stolen. */
    EMERGENCY
}
