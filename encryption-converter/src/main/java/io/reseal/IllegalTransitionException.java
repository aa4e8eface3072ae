package io.reseal;

/**
 * A key version was asked to go where its state does not lead; nothing was changed. The message names the key, both states,
 * what is legal instead, and the remedy.
 */
public final class IllegalTransitionException extends ResealException {

    private static final long serialVersionUID = 1L;

    public IllegalTransitionException(String message) {
        super(message, null);
    }
}
