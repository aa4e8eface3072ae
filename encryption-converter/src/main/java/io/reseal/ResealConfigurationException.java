package io.reseal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Misuse, found at boot: every problem in one report, each with its remedy. Nothing was written. */
public final class ResealConfigurationException extends ResealException {

    private static final long serialVersionUID = 1L;

    /** One problem, for example a missing setting. */
    public ResealConfigurationException(String problem, @Nullable Throwable cause) {
        super(problem, cause);
    }

    /** Several problems, reported together. */
    public ResealConfigurationException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : problems.size() + " problems:\n  - " + String.join("\n  - ", problems),
                null);
    }
}
