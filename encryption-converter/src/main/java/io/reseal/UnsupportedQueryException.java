package io.reseal;

/**
 * A query was refused when it was compiled, because the database would have worked on sealed values as if they were
 * plaintext: a comparison would give wrong rows, an assignment would store something that is not sealed. Nothing was sent to the
 * database. The message names attribute, column, cause and remedy. Hibernate passes the exception on unchanged.
 */
public final class UnsupportedQueryException extends ResealException {

    private static final long serialVersionUID = 1L;

    public UnsupportedQueryException(String message) {
        super(message, null);
    }
}
