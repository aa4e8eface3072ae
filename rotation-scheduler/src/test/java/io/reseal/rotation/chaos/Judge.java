package io.reseal.rotation.chaos;

import io.reseal.testing.Databases.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds, in what the {@link Witness} noted, changes that must never be. Its SQL shares nothing with the engine's. */
final class Judge {

    private static final int SHOWN = 5;
    private static final Map<String, String> LAWS = new LinkedHashMap<>();

    static {
        LAWS.put("a row was re-encrypted to a version that it already had, or to an older one", """
                SELECT format('row %s column %s from %s to %s by %s', id, c, before[c], after[c], node)
                FROM chaos_row CROSS JOIN generate_series(1, 3) c
                WHERE seq > {mark} AND engine AND changed[c] AND (before[c] IS NULL OR after[c] IS NULL OR after[c] <= before[c])
                """);
        LAWS.put("a row was re-encrypted to one version twice, and no application had written it in between", """
                SELECT format('row %s column %s to %s by %s and %s', id, c, version, earlier_node, node) FROM (
                    SELECT id, c, after[c] AS version, node, engine,
                           lag(engine) OVER w AS earlier_engine, lag(after[c]) OVER w AS earlier, lag(node) OVER w AS earlier_node
                    FROM chaos_row CROSS JOIN generate_series(1, 3) c
                    WHERE seq > {mark} AND changed[c]
                    WINDOW w AS (PARTITION BY id, c ORDER BY seq)) s
                WHERE engine AND earlier_engine AND earlier >= version
                """);
        LAWS.put("a transaction of the engine changed other rows than it accounted for in reseal_range", """
                SELECT format('transaction %s changed %s and counted %s', xid, coalesce(done.number, 0), coalesce(said.number, 0))
                FROM (SELECT xid, count(*) AS number FROM chaos_row WHERE seq > {mark} AND engine GROUP BY xid) done
                FULL JOIN (SELECT xid, sum(rows) AS number FROM chaos_range WHERE seq > {rangeMark} AND rows <> 0 GROUP BY xid) said
                     USING (xid)
                WHERE done.number IS DISTINCT FROM said.number
                """);
        LAWS.put("a node committed work under a token that another node held", """
                SELECT format('range %s token %s of %s used by %s, %s rows', r.range_id, r.token, c.node, r.node, r.rows)
                FROM chaos_range r LEFT JOIN chaos_range c ON c.range_id = r.range_id AND c.token = r.token AND c.claimed
                WHERE r.seq > {rangeMark} AND r.held AND c.node IS DISTINCT FROM r.node
                """);
        LAWS.put("the engine committed values under a key that had been retired before", """
                SELECT format('%s version %s was retired at %s; %s sealed row %s under it in a batch of %s',
                              t.key_type, r.after[c], t.at, r.node, r.id, b.at)
                FROM chaos_row r CROSS JOIN generate_series(1, 3) c
                JOIN (SELECT xid, max(at) AS at FROM chaos_range WHERE seq > {rangeMark} AND held GROUP BY xid) b USING (xid)
                JOIN {retired} t ON t.version = r.after[c] AND t.key_type = {type}
                WHERE r.seq > {mark} AND r.engine AND r.changed[c] AND b.at > t.at + interval '200 milliseconds'
                """);
        LAWS.put("an application sealed under a key that had been retired longer than its lease", """
                SELECT format('%s version %s was retired at %s; %s sealed row %s under it in a transaction of %s',
                              t.key_type, r.after[c], t.at, r.node, r.id, r.began)
                FROM chaos_row r CROSS JOIN generate_series(1, 3) c
                JOIN {retired} t ON t.version = r.after[c] AND t.key_type = {type}
                WHERE r.seq > {mark} AND NOT r.engine AND r.changed[c] AND r.began > t.at + interval '1.1 seconds'
                """);
        LAWS.put("a run failed", "SELECT format('run %s: %s', id, failure) FROM reseal_run WHERE state = 'FAILED'");
        LAWS.put("a value was quarantined", """
                SELECT format('%s of %s: %s', column_name, row_hash, error_class) FROM reseal_quarantine
                """);
        LAWS.put("a run completed with a proof that does not hold", """
                SELECT format('run %s: %s values of %s under version %s', run_id, remaining, column_name, version)
                FROM reseal_proof p JOIN reseal_proof_column c ON c.proof_id = p.id WHERE remaining > 0
                """);
        LAWS.put("the ranges count other rows than were re-encrypted", """
                SELECT format('%s counted, %s re-encrypted', counted, done)
                FROM (SELECT coalesce(sum(rows_changed), 0) AS counted FROM reseal_range) r,
                     (SELECT count(*) AS done FROM chaos_row WHERE engine) w
                WHERE counted <> done
                """);
    }

    /** When each version was retired: the commit of the promotion of its successor, by the server's own notes. */
    private static final String RETIRED = """
            (SELECT k.key_type, k.version, min(pg_xact_commit_timestamp(a.xmin)) AS at
             FROM reseal_key k JOIN reseal_audit a ON a.action = 'promote' AND split_part(a.subject, ' ', 1) = k.key_type
                AND CAST(split_part(a.subject, ' ', 3) AS integer) > k.version
             GROUP BY k.key_type, k.version)""";

    private static final String TYPE = "(CASE WHEN c = 3 THEN 'token_encryption' ELSE 'database_encryption' END)";

    private long mark;
    private long rangeMark;

    /** What happened since the last time that must not happen. */
    List<String> violations(TestDatabase database) throws SQLException {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, String> law : LAWS.entrySet()) {
            List<String> found = database.query(statement(law.getValue()));
            if (!found.isEmpty()) {
                all.add(law.getKey() + " (" + found.size() + "): " + found.subList(0, Math.min(SHOWN, found.size())));
            }
        }
        mark = Long.parseLong(
                database.query("SELECT coalesce(max(seq), 0) FROM chaos_row").get(0));
        rangeMark = Long.parseLong(
                database.query("SELECT coalesce(max(seq), 0) FROM chaos_range").get(0));
        return all;
    }

    private String statement(String law) {
        return law.replace("{mark}", Long.toString(mark))
                .replace("{rangeMark}", Long.toString(rangeMark))
                .replace("{retired}", RETIRED)
                .replace("{type}", TYPE);
    }
}
