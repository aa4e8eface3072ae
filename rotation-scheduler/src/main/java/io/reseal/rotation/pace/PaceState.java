package io.reseal.rotation.pace;

/** Whether a node works on a run as fast as it can. */
public enum PaceState {
    /** All workers, all the time. */
    UNTHROTTLED,
    /** One worker, a part of the time. */
    THROTTLED,
    /** No batch begins, until the reason is gone. */
    STOPPED
}
