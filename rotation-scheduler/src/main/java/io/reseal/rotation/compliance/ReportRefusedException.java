package io.reseal.rotation.compliance;

import io.reseal.ResealException;

/** A report is not shown, or not made; nothing was changed. */
public final class ReportRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    public ReportRefusedException(String message) {
        super(message, null);
    }
}
