package io.reseal.rotation.internal.event;

import io.reseal.ResealException;

/** What is kept of an error, where many may read it. */
public final class Failure {

    private Failure() {}

    /** Reseal's own messages hold no secret; others may quote anything. */
    public static String described(RuntimeException e) {
        return e instanceof ResealException
                ? String.valueOf(e.getMessage())
                : e.getClass().getName();
    }
}
