package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.pace.EffortPlan;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A run as the database has it.
 *
 * @param pass counts up when values were found after the last pass
 * @param target the active version when the run was last planned
 * @param retired the versions that were retired then
 * @param acknowledged the findings that those who started or joined the run took on
 * @param leftOver what the pass before this one ended with, in each table where values were left
 * @param effort how hard every node works on it
 */
record Run(
        RunId id,
        KeyType type,
        RunState state,
        int pass,
        KeyId target,
        List<KeyId> retired,
        Set<String> acknowledged,
        Set<String> leftOver,
        Instant startedAt,
        Optional<String> failure,
        EffortPlan effort) {

    Run {
        retired = List.copyOf(retired);
        acknowledged = Set.copyOf(acknowledged);
        leftOver = Set.copyOf(leftOver);
    }
}
