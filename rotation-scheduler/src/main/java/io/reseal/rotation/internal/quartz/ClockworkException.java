package io.reseal.rotation.internal.quartz;

import io.reseal.ResealException;

/** Quartz could not do what it was asked for. */
public final class ClockworkException extends ResealException {

    private static final long serialVersionUID = 1L;

    ClockworkException(String what, Exception cause) {
        super("The scheduler of key rotation could not " + what + ": check its database, and try again", cause);
    }
}
