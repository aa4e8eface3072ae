package io.reseal;

/** The value's key version is suspended: it opens again once the suspension is lifted. */
public final class SuspendedKeyException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public SuspendedKeyException(String message) {
        super(message, null);
    }
}
