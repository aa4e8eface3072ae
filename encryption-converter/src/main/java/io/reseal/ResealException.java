package io.reseal;

import org.jspecify.annotations.Nullable;

/** The root of everything that Reseal throws on purpose. Messages never hold plaintext or key material. */
public abstract class ResealException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected ResealException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
