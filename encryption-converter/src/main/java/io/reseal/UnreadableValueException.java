package io.reseal;

import org.jspecify.annotations.Nullable;

/** A stored value could not be opened. It is never replaced by another value; the stored bytes stay as they are. */
public abstract class UnreadableValueException extends ResealException {

    private static final long serialVersionUID = 1L;

    protected UnreadableValueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
