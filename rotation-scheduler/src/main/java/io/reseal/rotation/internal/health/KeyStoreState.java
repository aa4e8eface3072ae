package io.reseal.rotation.internal.health;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyStoreStatus;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Whether the key store answers now, and what is wrong with it. Of the worst, every node tells the others by itself within a minute: that has
 * alerts of its own, which this look neither raises nor ends.
 */
final class KeyStoreState implements Look {

    private static final String WELL = "it answers, is not behind, and has no problem";

    private final KeyRegistry keys;

    KeyStoreState(KeyRegistry keys) {
        this.keys = keys;
    }

    @Override
    public Check check() {
        return Check.KEY_STORE;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.KEY_STORE_IMPAIRED);
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        return List.of(finding());
    }

    private HealthFinding finding() {
        try {
            var unused = keys.refresh();
        } catch (TamperedKeyStoreException e) {
            return bad(AlertKind.KEY_STORE_TAMPERED, String.valueOf(e.getMessage()));
        } catch (KeyStoreUnavailableException e) {
            return bad(AlertKind.KEY_STORE_UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        KeyStoreStatus status = keys.status();
        String problems = String.join(". ", status.problems());
        if (status.rollback() == KeyStoreStatus.Rollback.ROLLED_BACK) {
            return bad(AlertKind.KEY_STORE_ROLLED_BACK, problems);
        }
        return problems.isEmpty()
                ? HealthFinding.well(
                        Check.KEY_STORE,
                        AlertSubject.keyStore(),
                        "it answers, at generation " + status.generation() + "; " + status.rollback(),
                        WELL)
                : bad(AlertKind.KEY_STORE_IMPAIRED, problems);
    }

    private static HealthFinding bad(AlertKind kind, String observed) {
        return HealthFinding.of(kind, Check.KEY_STORE, AlertSubject.keyStore(), observed, WELL);
    }
}
