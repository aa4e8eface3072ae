package io.reseal.rotation;

import io.reseal.ResealException;

/** A key was not suspended; it is as it was. */
public final class SuspensionRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    SuspensionRefusedException(String message) {
        super(message, null);
    }
}
