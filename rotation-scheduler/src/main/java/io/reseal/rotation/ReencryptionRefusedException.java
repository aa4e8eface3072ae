package io.reseal.rotation;

import io.reseal.ResealException;
import java.util.List;

/** A run was not started, because it could not have reached every value; every problem in one report. No row was changed. */
public final class ReencryptionRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    public ReencryptionRefusedException(List<String> problems) {
        super("Nothing was re-encrypted:\n  - " + String.join("\n  - ", problems), null);
    }
}
