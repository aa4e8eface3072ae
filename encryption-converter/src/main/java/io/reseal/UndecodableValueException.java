package io.reseal;

/** A value opened, and yet its bytes are none of the attribute's type: the attribute's type or class was changed. */
public final class UndecodableValueException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public UndecodableValueException(String message) {
        super(message, null);
    }
}
