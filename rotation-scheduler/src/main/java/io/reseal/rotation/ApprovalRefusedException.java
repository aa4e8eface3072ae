package io.reseal.rotation;

import io.reseal.ResealException;

/** A request or an approval was not accepted; nothing was changed. The message says why, and what would be accepted. */
public final class ApprovalRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    ApprovalRefusedException(String message) {
        super(message, null);
    }
}
