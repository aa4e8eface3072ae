package io.reseal.rotation.destruction;

import io.reseal.ResealException;
import java.util.List;
import java.util.stream.Collectors;

/** A key was not brought nearer to its destruction, because something stands against it; the key is as it was. */
public final class DestructionRefusedException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final transient List<Gate> unmet;

    public DestructionRefusedException(DestructionChecklist checklist) {
        super(
                "The key " + checklist.key() + " stays " + checklist.state() + ":"
                        + checklist.unmet().stream()
                                .map(gate -> "\n  - " + gate)
                                .collect(Collectors.joining()),
                null);
        this.unmet = checklist.unmet();
    }

    /** Every gate that is not met, with its remedy. */
    public List<Gate> unmet() {
        return unmet;
    }
}
