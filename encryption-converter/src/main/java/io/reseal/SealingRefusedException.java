package io.reseal;

import org.jspecify.annotations.Nullable;

/**
 * A value was not sealed, and therefore not written: the key is not active, this node can't know that it still is, or the key
 * store was changed by somebody else or rolled back. A key store that was rolled back is not changed either.
 */
public final class SealingRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    public SealingRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
