package io.reseal.rotation.internal.compliance;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.AuditTrail;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.internal.health.Connection;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where reports come from.
 *
 * @param database holds the tables of keys and rotations
 * @param stored by which what all nodes share is dated
 * @param refresh brings the tables up to date with what this node counts, and fails if somebody else changed the keys
 * @param incidents all of them, as they stand
 * @param connections what this process connects to
 */
public record Sources(
        ResealDatabase database,
        ResealSettings settings,
        Clock clock,
        InstantSource stored,
        Runnable refresh,
        Supplier<List<IncidentReport>> incidents,
        Supplier<List<Connection>> connections,
        AuditTrail trail) {}
