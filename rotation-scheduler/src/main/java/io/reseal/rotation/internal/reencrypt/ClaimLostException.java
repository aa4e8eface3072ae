package io.reseal.rotation.internal.reencrypt;

/**
 * What the worker did must not be committed: its range was taken over, the run does not run any more, or a key it sealed
 * under is not active any more.
 */
final class ClaimLostException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClaimLostException() {
        super("The claim does not hold any more", null, false, false);
    }
}
