package io.reseal.rotation;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.internal.maintenance.Canary;
import io.reseal.rotation.internal.maintenance.RunWatch;
import io.reseal.rotation.internal.maintenance.WindowChecks;
import io.reseal.rotation.internal.maintenance.WindowClaims;
import io.reseal.rotation.internal.maintenance.WindowStore;
import io.reseal.rotation.internal.maintenance.WindowWork;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.internal.review.ReviewChecks;
import io.reseal.rotation.internal.review.ReviewSources;
import io.reseal.rotation.internal.review.ReviewStore;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What maintenance windows and reviews need of {@link KeyRotation}. */
record OperationsGround(KeyRegistry keys, ResealDatabase database, Engine engine, Clocks clocks, KeyRotation rotation) {

    MaintenanceWindows maintenance() {
        WindowStore store = new WindowStore(database);
        RunWatch runs = new RunWatch(database);
        Canary canary = new Canary(keys, engine, runs, rotation.alerts(), RandomGenerator.getDefault());
        var around = new WindowChecks.Around(this::unhealthy, rotation.backups(), rotation.alerts());
        WindowChecks checks = new WindowChecks(canary, runs, around);
        WindowWork work = new WindowWork(store, new WindowClaims(store), checks, rotation.alerts());
        return new MaintenanceWindows(store, work, keys.trail(), clocks);
    }

    QuarterlyReviews reviews() {
        ReviewStore store = new ReviewStore(database);
        ReviewSources sources = new ReviewSources(database);
        ReviewChecks checks = new ReviewChecks(rotation, store, sources);
        var around = new QuarterlyReviews.Around(rotation.alerts(), keys.trail(), clocks);
        return new QuarterlyReviews(store, checks, sources, around);
    }

    /** What is for information only is in the report of the health check. */
    private List<String> unhealthy() {
        return rotation.health().check().bad().stream()
                .filter(finding -> !finding.level().equals(Optional.of(AlertSeverity.INFORMATION)))
                .map(HealthFinding::toString)
                .toList();
    }
}
