package io.reseal;

/** The key store did not answer. The call may be repeated: what it already did is not done twice. */
public final class KeyStoreUnavailableException extends ResealException {

    private static final long serialVersionUID = 1L;

    public KeyStoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
