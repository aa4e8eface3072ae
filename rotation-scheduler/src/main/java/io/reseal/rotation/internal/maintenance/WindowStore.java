package io.reseal.rotation.internal.maintenance;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.internal.jdbc.Attempts;
import io.reseal.rotation.maintenance.MaintenanceWindow;
import io.reseal.rotation.maintenance.MaintenanceWindow.Entry;
import io.reseal.rotation.maintenance.MaintenanceWindow.Plan;
import io.reseal.rotation.maintenance.MaintenanceWindow.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** The table {@code reseal_window}: what people have planned. Rows are never deleted. */
public final class WindowStore {

    private static final String PREFIX = "kr_window_";

    private final Jdbi jdbi;
    private final WindowEntries entries;

    /** @param database holds the rotation schema */
    public WindowStore(ResealDatabase database) {
        this.jdbi = database.jdbi();
        this.entries = new WindowEntries(jdbi);
    }

    /**
     * A window without its entries, and how far its work is.
     *
     * @param revision counts the changes, the plan being the first one
     * @param told the revision that stakeholders know; 0 if they know of none
     * @param checked the revision that was checked; 0 if none was
     * @param sampledAt when it was looked at the last time while it was open
     */
    public record Row(
            long number,
            Plan plan,
            State state,
            String plannedBy,
            Instant plannedAt,
            int revision,
            int told,
            int checked,
            Optional<Instant> sampledAt) {

        public String id() {
            return PREFIX + number;
        }

        /** Without what was found. */
        public MaintenanceWindow bare() {
            return with(List.of());
        }

        private MaintenanceWindow with(List<Entry> entries) {
            return new MaintenanceWindow(id(), plan, state, plannedBy, plannedAt, entries);
        }
    }

    WindowEntries entries() {
        return entries;
    }

    /** What is planned then, or the one that stands against it. */
    public record Planned(Row row, boolean isNew) {}

    /**
     * A new one, unless it overlaps another: then the other one. The number comes first: of two that are planned at once, the second one
     * sees the other, or finds the number taken and looks again.
     *
     * @param before done in front of the commit
     */
    public Planned insert(Plan plan, String by, Instant now, Consumer<Row> before) {
        return inTransaction(handle -> {
            long number = handle.createQuery("SELECT COALESCE(MAX(id), 0) + 1 FROM reseal_window")
                    .mapTo(Long.class)
                    .one();
            lockAll(handle);
            Optional<Row> other = overlapping(handle, plan, 0);
            if (other.isPresent()) {
                return new Planned(other.get(), false);
            }
            handle.createUpdate("""
                            INSERT INTO reseal_window (id, start_at, end_at, reason, planned_by, planned_at, state, revision, told, checked,
                                                       token)
                            VALUES (:id, :start, :end, :reason, :by, :now, 'PLANNED', 1, 0, 0, 0)
                            """)
                    .bind("id", number)
                    .bind("start", plan.start())
                    .bind("end", plan.end())
                    .bind("reason", plan.reason())
                    .bind("by", by)
                    .bind("now", now)
                    .execute();
            Row row = get(handle, number).orElseThrow();
            before.accept(row);
            return new Planned(row, true);
        });
    }

    /** Another time for one that has not begun; empty if it has, or is over. If it would overlap another one, that is returned, and nothing changed. */
    public Optional<Row> move(long number, Plan plan, Instant now, Consumer<Row> before) {
        return inTransaction(handle -> {
            lockAll(handle);
            Optional<Row> other = overlapping(handle, plan, number);
            if (other.isPresent()) {
                return other;
            }
            int moved = handle.createUpdate("""
                            UPDATE reseal_window
                            SET start_at = :start, end_at = :end, reason = :reason, revision = revision + 1, token = token + 1,
                                claimed_until = NULL
                            WHERE id = :id AND state = 'PLANNED' AND start_at > :now
                            """)
                    .bind("id", number)
                    .bind("start", plan.start())
                    .bind("end", plan.end())
                    .bind("reason", plan.reason())
                    .bind("now", now)
                    .execute();
            return changed(handle, number, moved, before);
        });
    }

    /** Calls one off that is not over; empty if it is. */
    public Optional<Row> cancel(long number, Instant now, Consumer<Row> before) {
        return inTransaction(handle -> changed(
                handle,
                number,
                handle.createUpdate("""
                                UPDATE reseal_window
                                SET state = 'CANCELLED', revision = revision + 1, token = token + 1, claimed_until = NULL
                                WHERE id = :id AND state = 'PLANNED' AND end_at > :now
                                """).bind("id", number).bind("now", now).execute(),
                before));
    }

    private static Optional<Row> changed(Handle handle, long number, int rows, Consumer<Row> before) {
        Optional<Row> row = rows == 1 ? get(handle, number) : Optional.empty();
        row.ifPresent(before);
        return row;
    }

    /** Two that are planned or moved at once must not come to overlap. */
    private static void lockAll(Handle handle) {
        var unused = handle.createQuery("SELECT id FROM reseal_window WHERE state = 'PLANNED' ORDER BY id FOR UPDATE")
                .mapTo(Long.class)
                .list();
    }

    private static Optional<Row> overlapping(Handle handle, Plan plan, long except) {
        return handle
                .createQuery("""
                        SELECT * FROM reseal_window
                        WHERE state <> 'CANCELLED' AND id <> :except AND start_at < :end AND end_at > :start
                        ORDER BY id
                        """)
                .bind("except", except)
                .bind("start", plan.start())
                .bind("end", plan.end())
                .map(WindowStore::read)
                .stream()
                .findFirst();
    }

    public Optional<Row> get(long number) {
        return jdbi.withHandle(handle -> get(handle, number));
    }

    private static Optional<Row> get(Handle handle, long number) {
        return handle.createQuery("SELECT * FROM reseal_window WHERE id = :id")
                .bind("id", number)
                .map(WindowStore::read)
                .findOne();
    }

    /** All, in the order in which they were planned. */
    public List<Row> all() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_window ORDER BY id")
                .map(WindowStore::read)
                .list());
    }

    /** The one that is open then. */
    public Optional<Row> open(Instant now) {
        return first("state = 'PLANNED' AND start_at <= :now AND end_at > :now", now);
    }

    /** The first one that begins later. */
    public Optional<Row> next(Instant now) {
        return first("state = 'PLANNED' AND start_at > :now", now);
    }

    private Optional<Row> first(String condition, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_window WHERE " + condition + " ORDER BY start_at FETCH FIRST 1 ROWS ONLY")
                .bind("now", now)
                .map(WindowStore::read)
                .findOne());
    }

    /** Those at which something is to be done, or to be told. */
    public List<Row> underWay() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_window WHERE state = 'PLANNED' OR told > 0 AND told < revision ORDER BY id")
                .map(WindowStore::read)
                .list());
    }

    /** With everything that was found. */
    public MaintenanceWindow whole(Row row) {
        return row.with(entries.of(row.number()));
    }

    /**
     * Reads {@link Row#id}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static long number(String id) {
        if (!id.matches(PREFIX + "[1-9][0-9]{0,17}")) {
            throw new IllegalArgumentException(
                    "'" + id + "' is no maintenance window: they are called " + PREFIX + "1");
        }
        return Long.parseLong(id.substring(PREFIX.length()));
    }

    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        return Attempts.STANDARD.inTransaction(jdbi, work);
    }

    private static Row read(ResultSet row, StatementContext context) throws SQLException {
        @Nullable Instant sampled = Moments.readOrNull(row, "sampled_at", context);
        return new Row(
                row.getLong("id"),
                new Plan(
                        Moments.read(row, "start_at", context),
                        Moments.read(row, "end_at", context),
                        row.getString("reason")),
                State.valueOf(row.getString("state")),
                row.getString("planned_by"),
                Moments.read(row, "planned_at", context),
                row.getInt("revision"),
                row.getInt("told"),
                row.getInt("checked"),
                Optional.ofNullable(sampled));
    }
}
