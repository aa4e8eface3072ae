package io.reseal;

/** The key store did not answer; nothing was changed, and the call may be repeated. */
public final class KeyStoreUnavailableException extends ResealException {

    private static final long serialVersionUID = 1L;

    public KeyStoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
