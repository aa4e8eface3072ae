package io.reseal.rotation;

import io.reseal.ResealException;
import java.util.List;

/** Something about an incident was refused; nothing was changed. */
public final class IncidentRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> reasons;

    IncidentRefusedException(Incident incident, String what, List<String> reasons) {
        super("The " + incident + ", " + what + ": " + String.join("; ", reasons), null);
        this.reasons = List.copyOf(reasons);
    }

    /** What stands against it, each with its remedy; empty if this was deserialized. */
    public List<String> reasons() {
        return reasons == null ? List.of() : reasons;
    }
}
