package io.reseal.rotation.internal.review;

import io.reseal.database.Moments;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.QuarterlyReviews.PolicyChange;
import io.reseal.rotation.internal.review.PolicyDifferences.Change;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** What the audit log, the keys and the notices tell. */
public final class ReviewSources {

    private final Jdbi jdbi;

    /** @param database holds the key store and the rotation schema */
    public ReviewSources(ResealDatabase database) {
        this.jdbi = database.jdbi();
    }

    private record Entry(Instant at, String actor, String reason, String detail) {}

    /** Policies that took the place of others at {@code since} or later, oldest first. */
    public List<PolicyChange> policyChanges(Instant since) {
        List<Entry> entries = jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT recorded_at, actor, reason, detail FROM reseal_audit
                        WHERE action IN ('adopt-policy', 'weaken-policy') AND generation IS NOT NULL AND recorded_at >= :since
                        ORDER BY generation
                        """)
                .bind("since", since)
                .map((row, context) -> new Entry(
                        Moments.read(row, "recorded_at", context),
                        row.getString("actor"),
                        row.getString("reason"),
                        row.getString("detail")))
                .list());
        return entries.stream()
                .flatMap(
                        entry -> PolicyDifferences.read(entry.detail()).stream().map(change -> change(entry, change)))
                .toList();
    }

    private static PolicyChange change(Entry entry, Change change) {
        return new PolicyChange(
                entry.at(),
                entry.actor(),
                change.keyType(),
                change.term(),
                change.before(),
                change.after(),
                entry.reason());
    }

    /** Who did something on record from one moment to another, how often, and when the last time; most often first. */
    List<String> actors(Instant from, Instant to) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT actor, COUNT(*) AS number, COUNT(CASE WHEN action LIKE 'refuse-%' THEN 1 END) AS refused,
                               MAX(recorded_at) AS last_time
                        FROM reseal_audit WHERE recorded_at >= :from AND recorded_at < :to
                        GROUP BY actor ORDER BY COUNT(*) DESC, actor FETCH FIRST 200 ROWS ONLY
                        """)
                .bind("from", from)
                .bind("to", to)
                .map((row, context) -> row.getString("actor") + ": " + row.getLong("number") + " entries, "
                        + row.getLong("refused") + " refused, the last at "
                        + Moments.read(row, "last_time", context))
                .list());
    }

    /** When each channel took a notice the last time. */
    List<String> channels(Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT channel, MAX(sent_at) AS last_time FROM reseal_notification
                        WHERE sent_at >= :since GROUP BY channel ORDER BY channel
                        """)
                .bind("since", since)
                .map((row, context) ->
                        row.getString("channel") + " took a notice at " + Moments.read(row, "last_time", context))
                .list());
    }

    /** Keys that are not destroyed and are of another format than the one that stands for AES-256-GCM. */
    List<String> otherFormats() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT key_type, version, format FROM reseal_key
                        WHERE format <> 1 AND destroyed_at IS NULL ORDER BY key_type, version
                        """)
                .map((row, context) -> row.getString("key_type") + " version " + row.getInt("version") + " has format "
                        + row.getInt("format"))
                .list());
    }

    /** How many keys are not destroyed. */
    long keys() {
        return jdbi.withHandle(
                handle -> handle.createQuery("SELECT COUNT(*) FROM reseal_key WHERE destroyed_at IS NULL")
                        .mapTo(Long.class)
                        .one());
    }

    /** When the first key was made; empty if there is none. */
    public Optional<Instant> firstKey() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT created_at FROM reseal_key ORDER BY created_at FETCH FIRST 1 ROWS ONLY")
                .mapTo(Instant.class)
                .findOne());
    }
}
