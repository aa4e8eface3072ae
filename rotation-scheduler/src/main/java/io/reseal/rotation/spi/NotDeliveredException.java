package io.reseal.rotation.spi;

/** A notice did not get through, or nobody knows whether it did: it is sent again later, with the same id. */
public final class NotDeliveredException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message what happened, where, and what to do; shown to people and stored, so never a password, a secret or a whole URL */
    public NotDeliveredException(String message) {
        super(message);
    }
}
