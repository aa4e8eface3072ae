package io.reseal;

/** The value's key version is destroyed or waits to be: the value cannot be opened. */
public final class DestroyedKeyException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public DestroyedKeyException(String message) {
        super(message, null);
    }
}
