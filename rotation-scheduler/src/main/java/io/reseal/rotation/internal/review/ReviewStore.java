package io.reseal.rotation.internal.review;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.internal.jdbc.Attempts;
import io.reseal.rotation.review.QuarterlyReview.Attested;
import io.reseal.rotation.review.QuarterlyReview.Item;
import io.reseal.rotation.review.QuarterlyReview.Line;
import io.reseal.rotation.review.Training;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/** The tables {@code reseal_attestation} and {@code reseal_training}. Rows are only ever added. */
public final class ReviewStore {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Jdbi jdbi;

    /** @param database holds the rotation schema */
    public ReviewStore(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    /** Adds an attestation; {@code before} is done in front of the commit. */
    public void add(Attested attested, Runnable before) {
        int unused = Attempts.STANDARD.inTransaction(jdbi, handle -> {
            int rows = handle.createUpdate("""
                            INSERT INTO reseal_attestation (quarter, item, person, attested_at, statement, checks)
                            VALUES (:quarter, :item, :person, :at, :statement, :checks)
                            """)
                    .bind("quarter", attested.quarter())
                    .bind("item", attested.item().name())
                    .bind("person", attested.by())
                    .bind("at", attested.at())
                    .bind("statement", attested.statement())
                    .bind("checks", JSON.writeValueAsString(attested.checks()))
                    .execute();
            before.run();
            return rows;
        });
    }

    /** In the order in which they were given. */
    public List<Attested> of(Quarter quarter) {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT * FROM reseal_attestation WHERE quarter = :quarter ORDER BY id")
                        .bind("quarter", quarter.toString())
                        .map(ReviewStore::attested)
                        .list());
    }

    /** The newest one about an item, of any quarter. */
    public Optional<Attested> last(Item item) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT * FROM reseal_attestation WHERE item = :item ORDER BY id DESC FETCH FIRST 1 ROWS ONLY")
                .bind("item", item.name())
                .map(ReviewStore::attested)
                .findOne());
    }

    /** Adds a training; {@code before} is done in front of the commit. */
    public void add(Training training, String by, Instant now, Runnable before) {
        int unused = Attempts.STANDARD.inTransaction(jdbi, handle -> {
            int rows = handle.createUpdate("""
                            INSERT INTO reseal_training (role, person, trained_on, hours, recorded_by, recorded_at)
                            VALUES (:role, :person, :on, :hours, :by, :now)
                            """)
                    .bind("role", training.role().name())
                    .bind("person", training.person())
                    .bind("on", training.on().toString())
                    .bind("hours", training.hours())
                    .bind("by", by)
                    .bind("now", now)
                    .execute();
            before.run();
            return rows;
        });
    }

    /** In the order in which they were recorded. */
    public List<Training> trainings() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM reseal_training ORDER BY id")
                .map((row, context) -> new Training(
                        Training.Role.valueOf(row.getString("role")),
                        row.getString("person"),
                        LocalDate.parse(row.getString("trained_on")),
                        row.getInt("hours")))
                .list());
    }

    private static Attested attested(ResultSet row, StatementContext context) throws SQLException {
        return new Attested(
                row.getString("quarter"),
                Item.valueOf(row.getString("item")),
                row.getString("person"),
                Moments.read(row, "attested_at", context),
                row.getString("statement"),
                List.of(JSON.readValue(row.getString("checks"), Line[].class)));
    }
}
