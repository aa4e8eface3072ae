package io.reseal.rotation;

import io.reseal.ResealException;

/** A rotation was not scheduled, paused, resumed or cancelled; it is as it was. */
public final class RotationRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    RotationRefusedException(String message) {
        super(message, null);
    }
}
