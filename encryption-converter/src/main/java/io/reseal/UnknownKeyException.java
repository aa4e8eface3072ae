package io.reseal;

/** The value names a key version that the key store does not hold. */
public final class UnknownKeyException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public UnknownKeyException(String message) {
        super(message, null);
    }
}
