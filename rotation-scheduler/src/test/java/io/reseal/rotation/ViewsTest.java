package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.PaceState;
import io.reseal.rotation.pace.Pacing;
import io.reseal.rotation.reencryption.InventoryLine;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What DBAs read in views is what the Java API says. */
class ViewsTest {

    private static final Pattern COLUMN = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE);
    private static final List<String> VIEWS =
            List.of("reseal_key_status", "reseal_migration_progress", "reseal_stale_inventory");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String PROGRESS = "SELECT run_id, run_state, table_name, rows_changed, rows_superseded,"
            + " quarantined, tail, estimated_rows, ranges_done, ranges_total FROM reseal_migration_progress";
    private static final Pattern QUERY = Pattern.compile("```sql\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    @EachDatabase
    void keyStatusTellsOfEachKeyWhatTheJavaApiTells(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.keys.usage();
            KeyPolicy policy = stage.rotation.policies().of(DestructionStage.DB);
            List<String> expected = new ArrayList<>();
            for (KeyVersion version : stage.rotation.keys(DestructionStage.DB)) {
                KeyUsage usage = stage.rotation.usage().stream()
                        .filter(one -> one.key().equals(version.id()))
                        .findFirst()
                        .orElseThrow();
                expected.add(version.type().name() + "|" + version.version() + "|" + version.state() + "|"
                        + policy.priority() + "|" + policy.usageLimit() + "|" + usage.sealed() + "|" + usage.opened()
                        + "|" + usage.reserved());
            }
            assertThat(
                            stage.database.query(
                                    "SELECT key_type, version, state, priority, usage_limit, sealed, opened, reserved"
                                            + " FROM reseal_key_status WHERE key_type = 'database_encryption' ORDER BY version"))
                    .hasSize(2)
                    .isEqualTo(expected);
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_key_status WHERE last_used_hour IS NULL"))
                    .containsExactly("0");
            assertThat(stage.database.query("SELECT version FROM reseal_key_status WHERE deactivated_at IS NOT NULL"))
                    .containsExactly("1");
        }
    }

    @EachDatabase
    void keyStatusMeasuresAgeAndUseAgainstThePolicyInForce(Databases kind) throws SQLException {
        Map<String, String> odd = Map.of(
                "reseal.policy.database_encryption.interval", "P39DT23H59M59.5S",
                "reseal.policy.database_encryption.usage-limit", "1000");
        try (DestructionStage stage = new DestructionStage(kind, directory, odd)) {
            KeyPolicy policy = stage.rotation.policies().of(DestructionStage.DB);
            assertThat(policy.interval()).isEqualTo(Duration.ofDays(40).minusMillis(500));
            String ages =
                    "SELECT version, age_days, interval_days, age_percent, rotation_due_at IS NULL, grace_until IS NULL"
                            + " FROM reseal_key_status ORDER BY version";
            assertThat(booleans(stage.database.query(ages)))
                    .as("of activations yet to come, by the database's clock")
                    .containsExactly("1|0.0|40.0|null|true|false", "2|0.0|40.0|0.0|false|true");

            String now = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
            stage.database.execute("UPDATE reseal_key SET activated_at = " + now + " - INTERVAL '50' DAY,"
                    + " deactivated_at = CASE WHEN version = 1 THEN " + now + " END");
            stage.database.execute("UPDATE reseal_usage SET reserved = 1005 WHERE version = 2");
            assertThat(booleans(stage.database.query(ages)))
                    .containsExactly("1|50.0|40.0|null|true|false", "2|50.0|40.0|125.0|false|true");
            assertThat(stage.database.query("SELECT usage_percent FROM reseal_key_status WHERE version = 2"))
                    .containsExactly("100.5");
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_key_status s JOIN reseal_key k ON"
                            + " k.key_type = s.key_type AND k.version = s.version WHERE"
                            + " s.rotation_due_at = k.activated_at + INTERVAL '39' DAY + INTERVAL '23' HOUR"
                            + " + INTERVAL '59' MINUTE + INTERVAL '59.5' SECOND"
                            + " OR s.grace_until = k.deactivated_at + INTERVAL '"
                            + policy.grace().toDays() + "' DAY"))
                    .containsExactly("2");
            assertThat(stage
                            .database
                            .query("SELECT state_since = deactivated_at FROM reseal_key_status" + " WHERE version = 1")
                            .stream()
                            .map(ViewsTest::asBoolean))
                    .containsExactly("true");
        }
    }

    private static List<String> booleans(List<String> rows) {
        return rows.stream().map(ViewsTest::asBoolean).toList();
    }

    /** The databases write truth as t, TRUE and 1. */
    private static String asBoolean(String row) {
        String[] columns = row.split("\\|", -1);
        for (int i = 0; i < columns.length; i++) {
            boolean isLast = i >= columns.length - 2 || columns.length == 1;
            columns[i] = isLast && Set.of("t", "TRUE", "1").contains(columns[i]) ? "true" : columns[i];
            columns[i] = isLast && Set.of("f", "FALSE", "0").contains(columns[i]) ? "false" : columns[i];
        }
        return String.join("|", columns);
    }

    @EachDatabase
    void migrationProgressTellsOfARunWhatTheJavaApiTells(Databases kind) throws SQLException {
        Map<String, String> quick = Map.of(ResealSettings.REFRESH, "PT0.1S", ResealSettings.LEASE, "PT0.3S");
        try (DestructionStage stage = new DestructionStage(kind, directory, quick)) {
            stage.insertOldValue();
            ReencryptionOptions none = ReencryptionOptions.defaults().withEffort(Effort.NONE);
            try (Reencryption run = stage.rotation.reencrypt(DestructionStage.DB, none)) {
                Pacing pacing = run.progress().pacing();
                String pace = pacing.state() + "|0.0|" + pacing.because() + "|1|null|null|" + pacing.plan();
                Awaitility.await()
                        .atMost(LONG)
                        .untilAsserted(
                                () -> assertThat(stage.database.query("SELECT pace, pace_percent, pace_reason, nodes,"
                                                + " eta_from, eta_to, effort FROM reseal_migration_progress"))
                                        .containsExactly(pace));
                assertThat(pacing.state()).isEqualTo(PaceState.STOPPED);
                assertThat(stage.database.query(PROGRESS)).isEqualTo(lines(run.progress()));
                run.effort(Effort.FULL);
                Progress end = run.await(LONG);
                assertThat(end.state()).isEqualTo(RunState.COMPLETED);
                assertThat(stage.database.query(PROGRESS)).isEqualTo(lines(end)).hasSize(1);
                assertThat(end.changed()).isEqualTo(1);
                Awaitility.await()
                        .atMost(LONG)
                        .untilAsserted(() -> assertThat(stage.database.query(
                                        "SELECT run_percent, table_percent, rows_left, pace, rows_per_second, nodes"
                                                + " FROM reseal_migration_progress"))
                                .containsExactly("100.0|100.0|0|null|null|0"));
                assertThat(stage.database.query("SELECT * FROM reseal_pace")).isEmpty();
            }
        }
    }

    private static List<String> lines(Progress run) {
        return run.tables().stream()
                .map(table -> run.run().value() + "|" + run.state() + "|" + table.table() + "|" + table.changed() + "|"
                        + table.superseded() + "|" + table.quarantined() + "|" + table.tail() + "|"
                        + table.estimatedRows() + "|" + table.rangesDone() + "|" + table.rangesTotal())
                .toList();
    }

    @EachDatabase
    void migrationProgressSaysHowMuchIsLeftWhere(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.quarantineOneValue();
            stage.database.execute("UPDATE reseal_run SET state = 'RUNNING'");
            stage.database.execute("UPDATE reseal_range SET state = 'LEASED', estimated_rows = 7, rows_changed = 1,"
                    + " rows_superseded = 1");
            stage.database.execute(
                    "INSERT INTO reseal_range (id, run_id, kind, table_schema, table_name, part_schema,"
                            + " part_name, key_columns, key_unique, scanned, state, token, ready_at, estimated_rows,"
                            + " rows_changed, rows_superseded) SELECT 902, run_id, kind, table_schema, 'other', part_schema,"
                            + " part_name, key_columns, key_unique, scanned, 'DONE', token, ready_at, 3, 1, 0 FROM reseal_range");
            String shares = "SELECT table_name, table_percent, rows_left, run_percent, quarantined, ranges_leased"
                    + " FROM reseal_migration_progress ORDER BY table_name";
            assertThat(stage.database.query(shares)).containsExactly("note|42.8|4|59.9|1|1", "other|100.0|0|59.9|0|0");
            stage.database.execute("UPDATE reseal_range SET estimated_rows = 2 WHERE id = 901");
            assertThat(stage.database.query(shares))
                    .as("the estimate was too low")
                    .containsExactly("note|99.9|0|99.9|1|1", "other|100.0|0|99.9|0|0");
            stage.database.execute("UPDATE reseal_range SET state = 'READY', estimated_rows = 0, rows_changed = 0,"
                    + " rows_superseded = 0");
            stage.database.execute("DELETE FROM reseal_quarantine");
            assertThat(stage.database.query(shares)).containsExactly("note|0.0|0|0.0|0|0", "other|0.0|0|0.0|0|0");
        }
    }

    @EachDatabase
    void migrationProgressShowsTheFastestNodeOfThoseThatReportedWithinAMinute(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.quarantineOneValue();
            stage.database.execute("UPDATE reseal_run SET state = 'RUNNING'");
            String now = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
            String insert = "INSERT INTO reseal_pace (run_id, node, state, held_by, reason, duty, rows_per_second,"
                    + " soonest_seconds, latest_seconds, reported_at) VALUES (901, ";
            stage.database.execute(insert + "'a', 'THROTTLED', 'WAITERS', 'slow', 0.25, 12.34, 90, 3600, " + now + ")");
            stage.database.execute(insert + "'b', 'STOPPED', NULL, 'no', 0, 1, NULL, NULL, " + now + ")");
            stage.database.execute(
                    insert + "'c', 'UNTHROTTLED', NULL, 'old', 1, 99, 1, 1, " + now + " - INTERVAL '2' MINUTE)");
            assertThat(
                            stage.database.query(
                                    "SELECT pace, pace_percent, pace_reason, rows_per_second, nodes FROM reseal_migration_progress"))
                    .containsExactly("THROTTLED|25.0|slow|12.3|2");
            assertThat(stage.database.query("SELECT node FROM reseal_pace, reseal_migration_progress WHERE"
                            + " eta_from = reported_at + INTERVAL '90' SECOND AND"
                            + " eta_to = reported_at + INTERVAL '60' MINUTE"))
                    .containsExactly("a");
            stage.database.execute("UPDATE reseal_run SET state = 'PAUSED'");
            assertThat(stage.database.query("SELECT eta_from, eta_to FROM reseal_migration_progress"))
                    .as("nobody knows when it goes on")
                    .containsExactly("null|null");
        }
    }

    @EachDatabase
    void staleInventoryTellsWhatWasCountedTheLastTime(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            String stale = "SELECT table_schema, table_name, column_name, key_type, version, key_state, stale_values,"
                    + " column_values, stale_percent, counted_hours_ago FROM reseal_stale_inventory ORDER BY version";
            stage.insertOldValue();
            assertThat(stage.database.query(stale)).as("nobody has counted").isEmpty();
            List<InventoryLine> counted = stage.rotation.inventory();
            assertThat(counted).extracting(InventoryLine::values).containsExactlyInAnyOrder(1L, 1L);
            assertThat(stage.database.query(stale))
                    .containsExactly("|note|body|database_encryption|1|DEACTIVATED|1|2|50.0|0.0");

            stage.database.execute("INSERT INTO \"note\" VALUES (3, 'not sealed')");
            stage.database.execute("INSERT INTO \"note\" SELECT \"id\" + 3, \"body\" FROM \"note\" WHERE \"id\" = 1");
            stage.database.execute("DELETE FROM \"note\" WHERE \"id\" = 2");
            stage.rotation.inventory();
            assertThat(stage.database.query(stale))
                    .containsExactly("|note|body|null|null|NOT SEALED OR UNKNOWN KEY TYPE|1|3|33.4|0.0");

            stage.database.execute("DELETE FROM \"note\" WHERE \"id\" = 3");
            assertThat(stage.database.query(stale))
                    .as("until somebody counts again")
                    .hasSize(1);
            stage.rotation.inventory();
            assertThat(stage.database.query(stale)).containsExactly("|note|body|null|null|null|0|2|0.0|0.0");
        }
    }

    @EachDatabase
    void whatIsCountedIsReturnedAlsoWhereItCannotBeKept(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.database.execute("DROP VIEW reseal_stale_inventory");
            stage.database.execute("DROP TABLE reseal_inventory");
            assertThat(stage.rotation.inventory()).hasSize(1);
        }
    }

    @EachDatabase
    void aMissingViewIsNamedWhereItMayNotBeCreated(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.database.execute("DROP VIEW reseal_migration_progress");
            ResealSettings settings = stage.database.settings(Map.of(
                    ResealSettings.KEK_FILE,
                    directory.resolve("kek.json").toString(),
                    ResealSettings.CREATE_TABLES,
                    "false"));
            assertThatThrownBy(() -> KeyRotation.open(settings, stage.clock))
                    .isInstanceOf(ResealConfigurationException.class)
                    .hasMessageContainingAll("reseal_migration_progress", "does not exist", "001-reencryption.sql");
        }
    }

    @EachDatabase
    void theQueriesOfTheDocumentationRun(Databases kind) throws Exception {
        String text = Files.readString(Path.of("../docs/dba.md"), StandardCharsets.UTF_8);
        List<String> queries = QUERY.matcher(text)
                .results()
                .map((MatchResult query) -> query.group(1))
                .toList();
        assertThat(queries).hasSize(7);
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.quarantineOneValue();
            stage.insertOldValue();
            stage.rotation.inventory();
            List<Integer> rows = new ArrayList<>();
            for (String query : queries) {
                rows.add(stage.database.query(query).size());
            }
            assertThat(rows).containsExactly(1, 1, 1, 0, 1, 1, 0);
        }
    }

    @Test
    void onPostgresEveryViewAndColumnHasAComment() throws SQLException {
        uncommented(
                Databases.POSTGRESQL,
                "SELECT c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
                        + " WHERE c.relkind = 'v' AND c.relname LIKE 'reseal%' AND"
                        + " (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)");
    }

    @Test
    void everyColumnIsExplainedInTheDocumentation() throws Exception {
        String text = Files.readString(Path.of("../docs/dba.md"), StandardCharsets.UTF_8);
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            for (String view : VIEWS) {
                String table = text.substring(text.indexOf("### " + view)).split("\n\n", -1)[1];
                List<String> explained = COLUMN.matcher(table)
                        .results()
                        .map((MatchResult column) -> column.group(1))
                        .toList();
                assertThat(stage.database.query(
                                "SELECT column_name FROM information_schema.columns WHERE table_name = '"
                                        + view.toUpperCase(Locale.ROOT) + "' ORDER BY ordinal_position"))
                        .map(column -> column.toLowerCase(Locale.ROOT))
                        .isEqualTo(explained);
            }
        }
    }

    @Test
    void noViewShowsKeyMaterial() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.POSTGRESQL, directory, Map.of())) {
            List<String> secrets = stage.database.query("SELECT encode(wrapped, 'hex') FROM reseal_key UNION SELECT"
                    + " encode(fingerprint, 'hex') FROM reseal_key UNION SELECT body FROM \"note\"");
            stage.quarantineOneValue();
            stage.insertOldValue();
            stage.rotation.inventory();
            List<String> shown = new ArrayList<>();
            for (String view : VIEWS) {
                shown.addAll(stage.database.query("SELECT v.*::text FROM " + view + " v"));
            }
            assertThat(String.join("\n", shown)).contains("DEACTIVATED").doesNotContain(secrets);
        }
    }

    private void uncommented(Databases kind, String query) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            assertThat(stage.database.query(
                            "SELECT table_name FROM information_schema.views WHERE table_name LIKE 'reseal%'"))
                    .containsExactlyInAnyOrderElementsOf(VIEWS);
            assertThat(stage.database.query(query)).isEmpty();
        }
    }
}
