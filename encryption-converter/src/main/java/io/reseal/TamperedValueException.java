package io.reseal;

import org.jspecify.annotations.Nullable;

/** The value was changed, cut short, or moved here from a column with another context. */
public final class TamperedValueException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public TamperedValueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
