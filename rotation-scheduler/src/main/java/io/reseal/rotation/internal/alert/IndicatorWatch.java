package io.reseal.rotation.internal.alert;

import io.reseal.keys.Indication;
import io.reseal.keys.IndicatorRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Turns what nodes met into alerts. Several may do so at once: each sign is told of once. */
public final class IndicatorWatch {

    private final AlertStore store;
    private final IndicatorRules rules;

    public IndicatorWatch(AlertStore store, IndicatorRules rules) {
        this.store = store;
        this.rules = rules;
    }

    /** Where the alerts are kept. */
    public AlertStore store() {
        return store;
    }

    /** How long an acknowledged suspicion must be quiet before it ends. */
    public Duration quiet() {
        return rules.quiet();
    }

    /** Raises alerts of what is new. What was taken and the alerts are one transaction. */
    public void tell(Instant now) {
        int unused = store.inTransaction(handle -> {
            List<Indication> fresh = IndicatorTable.take(handle);
            sightings(handle, fresh).forEach(sighting -> AlertStore.raise(handle, sighting));
            return IndicatorTable.forget(handle, now.minus(rules.retention()));
        });
    }

    private List<Sighting> sightings(Handle handle, List<Indication> fresh) {
        List<Sighting> sightings = new ArrayList<>(Suspicions.of(fresh));
        List<Indication> failed =
                fresh.stream().filter(met -> met.indicator().isFailedOpening()).toList();
        failed.stream().map(Indication::minute).min(Comparator.naturalOrder()).ifPresent(first -> {
            List<Indication> all = IndicatorTable.failedOpenings(handle, first.minus(rules.window()));
            sightings.addAll(new Bursts(rules).of(failed, all));
        });
        return sightings;
    }
}
