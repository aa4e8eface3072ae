package io.reseal;

import org.jspecify.annotations.Nullable;

/** A value was not sealed, and therefore not written: the key is not active, or this node can't know that it still is. */
public final class SealingRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    public SealingRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
