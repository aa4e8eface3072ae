package io.reseal;

/** The value's key version is compromised, and two people decided that nothing is opened under it: it opens again once two people allow it. */
public final class CompromisedKeyException extends UnreadableValueException {

    private static final long serialVersionUID = 1L;

    public CompromisedKeyException(String message) {
        super(message, null);
    }
}
