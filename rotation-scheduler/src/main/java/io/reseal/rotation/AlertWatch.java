package io.reseal.rotation;

import io.reseal.ResealException;
import io.reseal.keys.Grace;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.alert.AlertStore;
import io.reseal.rotation.internal.alert.IndicatorWatch;
import io.reseal.rotation.internal.alert.Sighting;
import io.reseal.rotation.internal.reencrypt.Proving;
import io.reseal.rotation.reencryption.Proof;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at keys and nodes, raises what somebody has to look at, and ends what is over. */
final class AlertWatch {

    private static final Logger LOG = LoggerFactory.getLogger(AlertWatch.class);

    /** Nodes tell of what is the matter with them once a minute while it lasts. */
    private static final Duration SILENCE = Duration.ofMinutes(3);

    private final KeyRegistry keys;
    private final Custody custody;
    private final Proving proving;
    private final AlertStore store;
    private final IndicatorWatch indicators;

    AlertWatch(KeyRegistry keys, Custody custody, Proving proving, IndicatorWatch indicators) {
        this.keys = keys;
        this.custody = custody;
        this.proving = proving;
        this.store = indicators.store();
        this.indicators = indicators;
    }

    void look(Instant now) {
        refresh();
        var unused = keys.indications(now); // what this node met belongs to what all nodes met
        indicators.tell(now);
        Set<AlertSubject> overdue = tellOverdue(now);
        Instant present = store.now();
        store.open().stream().filter(alert -> isOver(alert, overdue, present)).forEach(store::resolve);
    }

    /** What stands against it is the matter with this node, and told of like that of others. */
    private void refresh() {
        try {
            var unused = keys.refresh();
        } catch (ResealException e) {
            LOG.debug("The keys could not be read for a look at them", e);
        }
    }

    /** By the proofs that there are: nothing is counted for it. */
    private Set<AlertSubject> tellOverdue(Instant now) {
        return keys.keyring().versions().stream()
                .filter(version -> version.state().isRetired())
                .flatMap(version -> overdue(version, now).stream())
                .map(sighting -> store.raise(sighting).subject())
                .collect(Collectors.toSet());
    }

    private Optional<Sighting> overdue(KeyVersion version, Instant now) {
        if (!(custody.policy(version).grace(version, now) instanceof Grace.AwaitsProof awaiting)) {
            return Optional.empty();
        }
        Optional<Proof> newest = proving.of(version.id()).stream()
                .filter(proof -> !proof.isVoid())
                .findFirst();
        if (newest.filter(Proof::holds).isPresent()) {
            return Optional.empty();
        }
        String evidence = "grace was over at " + awaiting.since() + "; "
                + newest.map(AlertWatch::left).orElse("nobody has counted what is left under the key since");
        return Optional.of(new Sighting(AlertKind.GRACE_OVER, AlertSubject.key(version.id()), evidence, 1));
    }

    private static String left(Proof proof) {
        return proof.columns().stream()
                .filter(column -> column.remaining() > 0)
                .map(column -> column.table() + "." + column.column() + " " + column.remaining())
                .collect(Collectors.joining(
                        ", ", proof.remaining() + " values were left at " + proof.takenAt() + ": ", ""));
    }

    /** By the clock that has dated the alert: by another one it would end, and be raised again the next minute. */
    private boolean isOver(Alert alert, Set<AlertSubject> overdue, Instant present) {
        return switch (alert.kind().ending()) {
            case STATED -> false;
            case QUIET ->
                alert.acknowledged().isPresent()
                        && !alert.lastSeen().plus(indicators.quiet()).isAfter(present);
            case CAUSE_GONE ->
                alert.kind() == AlertKind.GRACE_OVER
                        ? !overdue.contains(alert.subject())
                        : !alert.lastSeen().plus(SILENCE).isAfter(present);
        };
    }
}
