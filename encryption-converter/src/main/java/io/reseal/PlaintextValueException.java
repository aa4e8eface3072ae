package io.reseal;

/** A sealed value was expected, and something else is stored. */
public final class PlaintextValueException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public PlaintextValueException(String message) {
        super(message, null);
    }
}
