package io.reseal.rotation.internal.health;

import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.health.HealthFinding;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** A look at one thing. */
interface Look {

    HealthFinding.Check check();

    /** What it has raised, and ended when it is not found any more. */
    Set<AlertKind> kinds();

    /**
     * Everything that was found, also what is well.
     *
     * @param now by the clock that keys and rotations are dated by
     */
    List<HealthFinding> at(Instant now);

    /** Whether it saw everything the last time: what it did not see is not over. */
    default boolean sawAll() {
        return true;
    }
}
