package io.reseal.rotation.internal.maintenance;

import io.reseal.rotation.internal.maintenance.WindowEntries.Written;
import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import io.reseal.rotation.maintenance.MaintenanceWindow.Phase;
import io.reseal.rotation.maintenance.MaintenanceWindow.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Says which node does a phase of a window, so that of many one does. Whose lease has run out loses the phase to another one, and what it found is
 * not written any more; nor is it if the window was moved or called off meanwhile.
 */
public final class WindowClaims {

    /** Longer than any check takes. */
    static final Duration LEASE = Duration.ofMinutes(10);

    /** A little less than a minute: who looks each minute comes a little early now and then. */
    static final Duration EACH = Duration.ofSeconds(50);

    private final WindowStore store;

    public WindowClaims(WindowStore store) {
        this.store = store;
    }

    /** A phase that this node does. */
    record Claim(Row row, long token) {}

    /** Of the checks beforehand, or of the verification afterwards. */
    Optional<Claim> claim(Row row, Instant now) {
        return store.inTransaction(handle -> {
            int claimed = handle.createUpdate("""
                            UPDATE reseal_window SET token = token + 1, claimed_until = :until
                            WHERE id = :id AND state = 'PLANNED' AND revision = :revision AND checked = :checked
                              AND (claimed_until IS NULL OR claimed_until <= :now OR claimed_until > :until)
                            """)
                    .bind("id", row.number())
                    .bind("revision", row.revision())
                    .bind("checked", row.checked())
                    .bind("now", now)
                    .bind("until", now.plus(LEASE))
                    .execute();
            return claimed == 0
                    ? Optional.<Claim>empty()
                    : Optional.of(new Claim(
                            row,
                            handle.createQuery("SELECT token FROM reseal_window WHERE id = :id")
                                    .bind("id", row.number())
                                    .mapTo(Long.class)
                                    .one()));
        });
    }

    /** Writes down what was found beforehand; false if this node has lost the phase. */
    boolean checked(Claim claim, Instant now, List<Found> found) {
        return store.inTransaction(handle -> {
            boolean isHeld = handle.createUpdate("""
                            UPDATE reseal_window SET checked = :revision, claimed_until = NULL WHERE id = :id AND token = :token
                            """)
                            .bind("revision", claim.row().revision())
                            .bind("id", claim.row().number())
                            .bind("token", claim.token())
                            .execute()
                    == 1;
            if (isHeld) {
                Written written = new Written(now, Phase.BEFORE, WindowEntries.SYSTEM);
                WindowEntries.add(handle, claim.row().number(), written, found);
            }
            return isHeld;
        });
    }

    /** Writes down what was found afterwards, and what the window came to; false if this node has lost the phase. */
    boolean verified(Claim claim, Instant now, State state, List<Found> found) {
        return store.inTransaction(handle -> {
            boolean isHeld = handle.createUpdate("""
                            UPDATE reseal_window SET state = :state, claimed_until = NULL WHERE id = :id AND token = :token
                            """)
                            .bind("state", state.name())
                            .bind("id", claim.row().number())
                            .bind("token", claim.token())
                            .execute()
                    == 1;
            if (isHeld) {
                Written written = new Written(now, Phase.AFTER, WindowEntries.SYSTEM);
                WindowEntries.add(handle, claim.row().number(), written, found);
            }
            return isHeld;
        });
    }

    /** Whether this node takes the sample of this minute. */
    boolean samples(Row row, Instant now) {
        return store.inTransaction(handle -> handle.createUpdate("""
                                UPDATE reseal_window SET sampled_at = :now
                                WHERE id = :id AND state = 'PLANNED' AND (sampled_at IS NULL OR sampled_at <= :before)
                                """)
                        .bind("id", row.number())
                        .bind("now", now)
                        .bind("before", now.minus(EACH))
                        .execute()
                == 1);
    }

    /** Writes down what was found while the window was open. */
    void sampled(Row row, Instant now, List<Found> found) {
        write(row, new Written(now, Phase.DURING, WindowEntries.SYSTEM), found);
    }

    /** What a person wrote. */
    public void noted(Row row, Instant now, String by, Found note) {
        write(row, new Written(now, phase(row, now), by), List.of(note));
    }

    private static Phase phase(Row row, Instant now) {
        if (now.isBefore(row.plan().start())) {
            return Phase.BEFORE;
        }
        return row.plan().contains(now) ? Phase.DURING : Phase.AFTER;
    }

    private void write(Row row, Written written, List<Found> found) {
        store.inTransaction(handle -> {
            WindowEntries.add(handle, row.number(), written, found);
            return row;
        });
    }

    /** The stakeholders know this revision now. */
    void told(Row row) {
        store.inTransaction(handle -> handle.createUpdate(
                        "UPDATE reseal_window SET told = :revision WHERE id = :id AND told < :revision")
                .bind("id", row.number())
                .bind("revision", row.revision())
                .execute());
    }
}
