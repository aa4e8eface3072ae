package io.reseal;

/** The value's key version uses a format that this release of Reseal does not know yet. */
public final class NewerFormatException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public NewerFormatException(String message) {
        super(message, null);
    }
}
