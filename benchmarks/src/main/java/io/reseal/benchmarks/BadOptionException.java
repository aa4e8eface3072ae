package io.reseal.benchmarks;

/** An option of a benchmark can't be used; the message is one line that names it and the remedy. */
final class BadOptionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadOptionException(String option, String value, String remedy) {
        super("The option -D" + option + "=" + value + " can't be used: " + remedy);
    }
}
