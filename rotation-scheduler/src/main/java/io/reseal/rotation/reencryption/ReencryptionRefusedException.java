package io.reseal.rotation.reencryption;

import io.reseal.ResealException;
import java.util.ArrayList;
import java.util.List;

/** A run was not started, because it could not have reached every value; every problem in one report. No row was changed. */
public final class ReencryptionRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final ArrayList<String> problems;

    /** @param problems names and remedies only, never a value */
    public ReencryptionRefusedException(List<String> problems) {
        super("Nothing was re-encrypted:\n  - " + String.join("\n  - ", problems), null);
        this.problems = new ArrayList<>(problems);
    }

    /** Each with its remedy. */
    public List<String> problems() {
        return List.copyOf(problems);
    }
}
