package io.reseal.internal.format;

/** A value and its bytes do not go together. The message holds neither. */
public final class CodecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CodecException(String message) {
        super(message);
    }
}
