package io.reseal.benchmarks.rotation;

/** A run did not do what it should have: what it measured means nothing. */
final class WrongRunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WrongRunException(String what) {
        super(what);
    }

    static void require(boolean isRight, String what) {
        if (!isRight) {
            throw new WrongRunException(what);
        }
    }
}
