package io.reseal.rotation.internal.compliance;

import io.reseal.database.Moments;
import io.reseal.rotation.compliance.ComplianceReport;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.internal.jdbc.Attempts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** The table {@code reseal_report}. Rows are added, and neither changed nor deleted. */
final class ReportStore {

    /** As the audit log calls it. */
    static final String ACTION = "generate-report";

    private final Jdbi jdbi;

    ReportStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** What the audit log calls a report. */
    static String subject(String id) {
        return "report " + id;
    }

    /** What the audit log says of it. */
    static String detail(String sha256) {
        return "sha-256 " + sha256;
    }

    /** A report with its JSON. */
    record Stored(ComplianceReport report, String body) {}

    /**
     * Keeps a report unless there is one with its id, which stays.
     *
     * @param before done in front of the commit of a new one
     */
    ComplianceReport keep(Stored made, Runnable before) {
        return Attempts.STANDARD.inTransaction(jdbi, handle -> {
            Optional<ComplianceReport> present = handle.createQuery(SELECT + " WHERE id = :id")
                    .bind("id", made.report().id())
                    .map(ReportStore::report)
                    .findOne();
            if (present.isPresent()) {
                return present.get();
            }
            handle.createUpdate("""
                            INSERT INTO reseal_report (id, period_from, period_to, generated_at, actor, reason, sha256, body)
                            VALUES (:id, :from, :to, :at, :actor, :reason, :sha256, :body)
                            """)
                    .bind("id", made.report().id())
                    .bind("from", made.report().period().from())
                    .bind("to", made.report().period().to())
                    .bind("at", made.report().generatedAt())
                    .bind("actor", made.report().generatedBy())
                    .bind("reason", made.report().reason())
                    .bind("sha256", made.report().sha256())
                    .bind("body", made.body())
                    .execute();
            before.run();
            return made.report();
        });
    }

    private static final String SELECT =
            "SELECT id, period_from, period_to, generated_at, actor, reason, sha256 FROM reseal_report";

    List<ComplianceReport> list() {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " ORDER BY generated_at DESC, id")
                .map(ReportStore::report)
                .list());
    }

    Optional<ComplianceReport> find(String id) {
        return jdbi.withHandle(handle -> handle.createQuery(SELECT + " WHERE id = :id")
                .bind("id", id)
                .map(ReportStore::report)
                .findOne());
    }

    Optional<Stored> read(String id) {
        return find(id).map(report -> new Stored(
                report,
                jdbi.withHandle(handle -> handle.createQuery("SELECT body FROM reseal_report WHERE id = :id")
                        .bind("id", id)
                        .map((row, context) -> row.getString("body"))
                        .one())));
    }

    /** Whether the audit log tells of a report with this digest. */
    boolean isTold(String id, String sha256) {
        return jdbi.withHandle(handle -> handle.createQuery(
                                "SELECT COUNT(*) FROM reseal_audit WHERE subject = :subject AND action = :action AND detail = :detail")
                        .bind("subject", subject(id))
                        .bind("action", ACTION)
                        .bind("detail", detail(sha256))
                        .mapTo(Long.class)
                        .one()
                > 0);
    }

    private static ComplianceReport report(ResultSet row, StatementContext context) throws SQLException {
        return new ComplianceReport(
                row.getString("id"),
                new ReportPeriod(Moments.read(row, "period_from", context), Moments.read(row, "period_to", context)),
                Moments.read(row, "generated_at", context),
                row.getString("actor"),
                row.getString("reason"),
                row.getString("sha256"));
    }
}
