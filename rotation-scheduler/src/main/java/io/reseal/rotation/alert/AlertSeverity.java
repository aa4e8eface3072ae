package io.reseal.rotation.alert;

/** How soon somebody has to look; the most severe first. */
public enum AlertSeverity {
    /** At once. */
    CRITICAL,
    /** Within a day. */
    WARNING,
    /** With the weekly review. */
    INFORMATION
}
