package io.reseal.rotation.reencryption;

import io.reseal.ResealException;
import java.util.List;

/** There can be no hard proof here; every reason in one report. Nothing was fenced, and the soft proof stays possible. */
public final class ProofRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    public ProofRefusedException(List<String> problems) {
        super("No hard proof is possible, only a soft one:\n  - " + String.join("\n  - ", problems), null);
    }
}
