package io.reseal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Misuse, found at boot, each problem with its remedy. Settings and mappings are judged before anything is written; what
 * only the real tables show (a column that is too short, another context) is reported after they were created.
 */
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
