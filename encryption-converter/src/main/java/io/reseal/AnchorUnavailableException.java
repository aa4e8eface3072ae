package io.reseal;

/** The anchor of the key store could not be read or written: whether the key store was rolled back is not known. */
public final class AnchorUnavailableException extends ResealException {

    private static final long serialVersionUID = 1L;

    public AnchorUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
