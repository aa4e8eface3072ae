package io.reseal.rotation.internal.compliance;

import java.time.Instant;
import java.util.Optional;

/** What people have attested that no table shows. */
@FunctionalInterface
public interface Testimony {

    /** Nothing is on record. */
    Testimony NONE = matter -> Optional.empty();

    /** What can be attested. */
    enum Matter {
        /** That backups were restored as a test. */
        RESTORE_TEST,
        /** That the response to a compromised key was rehearsed. */
        EMERGENCY_DRILL
    }

    /** When it was attested last. */
    Optional<Instant> last(Matter matter);
}
