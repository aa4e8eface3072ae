package io.reseal.rotation.internal.maintenance;

import io.reseal.database.Moments;
import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import io.reseal.rotation.maintenance.MaintenanceWindow.Entry;
import io.reseal.rotation.maintenance.MaintenanceWindow.Outcome;
import io.reseal.rotation.maintenance.MaintenanceWindow.Phase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** The table {@code reseal_window_entry}. Rows are only ever added. */
final class WindowEntries {

    static final String SYSTEM = "reseal";

    private final Jdbi jdbi;

    WindowEntries(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** In the order in which they were written. */
    List<Entry> of(long window) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_window_entry WHERE window_id = :window ORDER BY id")
                        .bind("window", window)
                        .map(WindowEntries::read)
                        .list());
    }

    static void add(Handle handle, long window, Written written, List<Found> all) {
        for (Found found : all) {
            handle.createUpdate("""
                            INSERT INTO reseal_window_entry (window_id, written_at, phase, item, outcome, subject, detail, measured, actor)
                            VALUES (:window, :at, :phase, :item, :outcome, :subject, :detail, :measured, :actor)
                            """)
                    .bind("window", window)
                    .bind("at", written.at())
                    .bind("phase", written.phase().name())
                    .bind("item", found.check().name())
                    .bind("outcome", found.outcome().name())
                    .bind("subject", found.subject())
                    .bind("detail", found.text())
                    .bindByType(
                            "measured",
                            found.measured().isPresent() ? found.measured().getAsLong() : null,
                            Long.class)
                    .bind("actor", written.by())
                    .execute();
        }
    }

    /** When, in which phase and by whom. */
    record Written(Instant at, Phase phase, String by) {}

    private static Entry read(ResultSet row, StatementContext context) throws SQLException {
        long measured = row.getLong("measured");
        OptionalLong number = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(measured);
        return new Entry(
                Moments.read(row, "written_at", context),
                Phase.valueOf(row.getString("phase")),
                Check.valueOf(row.getString("item")),
                Outcome.valueOf(row.getString("outcome")),
                row.getString("subject"),
                row.getString("detail"),
                number,
                row.getString("actor"));
    }
}
