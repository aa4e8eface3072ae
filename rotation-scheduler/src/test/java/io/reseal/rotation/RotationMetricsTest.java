package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What meters show is what the database holds, and a database that does not answer stops no scrape. */
class RotationMetricsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String DB = "key.type:database_encryption";
    private static final Pattern METRIC = Pattern.compile("\\breseal_[a-z_]+");

    /** So that a rotation does not wait for what another node reads now and then. */
    private static final Map<String, String> QUICKLY =
            Map.of(ResealSettings.REFRESH, "PT0.1S", ResealSettings.LEASE, "PT0.5S");

    private static final Path RULES = Path.of("../ops/prometheus/reseal-rules.yml");
    private static final Path DASHBOARD = Path.of("../ops/grafana/reseal.json");

    @TempDir
    private Path directory;

    private final AtomicLong nanos = new AtomicLong();
    private final MeterRegistry registry = new SimpleMeterRegistry();

    private void bind(DestructionStage stage) {
        new RotationMetrics(stage.rotation.readings(nanos::get)).bindTo(registry);
    }

    /** What a scrape sees ten seconds later. */
    private double fresh(String name, String... tags) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        return now(name, tags);
    }

    private double now(String name, String... tags) {
        List<Tag> all = Stream.of(tags)
                .map(tag -> Tag.of(tag.substring(0, tag.indexOf(':')), tag.substring(tag.indexOf(':') + 1)))
                .toList();
        return registry.get(name).tags(all).gauge().value();
    }

    private void scrape() {
        registry.getMeters().forEach(RotationMetricsTest::value);
    }

    private static double value(Meter meter) {
        return meter.measure().iterator().next().getValue();
    }

    private void awaitUp() {
        Awaitility.await().atMost(LONG).until(() -> fresh("reseal.up") == 1);
    }

    @EachDatabase
    void keysAreMeasuredAgainstTheirPolicies(Databases kind) throws SQLException {
        Map<String, String> policy = Map.of(
                "reseal.policy.database_encryption.interval", "P40D",
                "reseal.policy.database_encryption.usage-limit", "1000");
        try (DestructionStage stage = new DestructionStage(kind, directory, policy)) {
            bind(stage);
            assertThat(stage.rotation.keys()).as("before SQL changes them").hasSize(2);
            String now = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
            stage.database.execute("UPDATE reseal_key SET activated_at = " + now + " - INTERVAL '90' DAY");
            stage.database.execute(
                    "UPDATE reseal_key SET activated_at = " + now + " - INTERVAL '50' DAY WHERE state = 'ACTIVE'");
            stage.database.execute("UPDATE reseal_usage SET reserved = 900 WHERE version = 2");
            for (String node : List.of("'a', 'a', FALSE", "'b', 'b', TRUE", "'c', 'c', TRUE")) {
                stage.database.execute("INSERT INTO reseal_node (node_id, name, evicted, started_at, renewed_at,"
                        + " lease_until, acknowledged) VALUES (" + node + ", " + now + ", " + now + ", " + now
                        + " - INTERVAL '1' MINUTE, 1)");
            }
            stage.database.execute("DELETE FROM reseal_usage_hour");
            stage.database.execute("INSERT INTO reseal_usage_hour VALUES"
                    + " ('database_encryption', 1, 'OPEN', 'a', " + now + " - INTERVAL '61' MINUTE, 5),"
                    + " ('database_encryption', 2, 'OPEN', 'b', " + now + " - INTERVAL '119' MINUTE, 6),"
                    + " ('database_encryption', 2, 'OPEN', 'c', " + now + " - INTERVAL '59' MINUTE, 70),"
                    + " ('database_encryption', 2, 'OPEN', 'd', " + now + " - INTERVAL '121' MINUTE, 70)");
            awaitUp();
            assertThat(now("reseal.key.age", DB)).isBetween(50 * 86_400.0, 50 * 86_400.0 + LONG.toSeconds());
            assertThat(now("reseal.key.age.ratio", DB)).isBetween(1.25, 1.251);
            assertThat(now("reseal.key.usage.ratio", DB)).isEqualTo(0.9);
            assertThat(now("reseal.key.versions", DB, "state:deactivated")).isEqualTo(1);
            assertThat(now("reseal.key.versions", DB, "state:destroyed")).isEqualTo(0);
            assertThat(now("reseal.key.operations.last.hour", DB, "direction:open"))
                    .isEqualTo(11);
            assertThat(now("reseal.key.operations.last.hour", DB, "direction:seal"))
                    .isEqualTo(0);
            assertThat(now("reseal.key.age", "key.type:token_encryption"))
                    .as("of a key type without keys")
                    .isNaN();
            assertThat(now("reseal.nodes", "standing:live")).isPositive();
            assertThat(now("reseal.nodes", "standing:lapsed")).isEqualTo(1);
            assertThat(now("reseal.nodes", "standing:evicted")).isEqualTo(2);
        }
    }

    @EachDatabase
    void rotationsRunsAndQueuesAreCounted(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            bind(stage);
            stage.quarantineOneValue();
            String now = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
            stage.database.execute("UPDATE reseal_run SET state = 'RUNNING', open_for = key_type, started_at = " + now);
            stage.database.execute("UPDATE reseal_range SET rows_changed = 3, rows_superseded = 2");
            stage.database.execute(
                    "INSERT INTO reseal_run (id, key_type, state, pass, target_version, retired, acknowledged,"
                            + " left_over, effort, started_at) VALUES (900, 'database_encryption', 'COMPLETED', 1, 2, '[1]', '[]',"
                            + " '[]', 'FULL', " + now + " - INTERVAL '9' DAY)");
            stage.database.execute("INSERT INTO reseal_range (id, run_id, kind, table_schema, table_name, part_schema,"
                    + " part_name, key_columns, key_unique, scanned, state, token, ready_at, estimated_rows, rows_changed,"
                    + " rows_superseded) VALUES (900, 900, 'TABLE', '', 'note', '', '', '[\"id\"]', TRUE, TRUE, 'READY', 1, "
                    + now + ", 1, 50, 60)");
            stage.database.execute("INSERT INTO reseal_scheduler_pause VALUES (1, 'ann', 'an audit', " + now + ")");
            stage.database.execute(
                    "INSERT INTO reseal_pace (run_id, node, state, held_by, reason, duty, rows_per_second,"
                            + " reported_at) VALUES (901, 'a', 'THROTTLED', 'WAITERS', 'slow', 0.25, 12.5, " + now
                            + "),"
                            + " (901, 'b', 'STOPPED', NULL, 'no', 0, 1, " + now + "),"
                            + " (901, 'c', 'UNTHROTTLED', NULL, 'old', 1, 99, " + now + " - INTERVAL '2' MINUTE)");
            stage.database.execute(
                    event("'COMPLETED'", now + " - INTERVAL '2' HOUR", now + " - INTERVAL '1' HOUR", "NULL"));
            stage.database.execute(event("'FAILED'", now, now, "NULL"));
            stage.database.execute(event("'PENDING'", "NULL", "NULL", "'database_encryption'"));
            stage.database.execute(
                    "INSERT INTO reseal_task (task, node, started_at, succeeded, summary, runs, failures)"
                            + " VALUES ('key_rotation_alerts', 'a', " + now
                            + " - INTERVAL '90' SECOND, FALSE, '', 1, 1)");
            stage.database.execute(
                    "INSERT INTO reseal_notification (id, reason, about, escalation, channel, recipients,"
                            + " body, state, demanded, attempts, ready_at, written_at) VALUES ('1', 'RAISED', 1, 1, 'c', '', '',"
                            + " 'DEAD', FALSE, 1, " + now + ", " + now + ")");
            awaitUp();
            assertThat(now("reseal.rotations", DB, "outcome:completed")).isEqualTo(1);
            assertThat(now("reseal.rotations", DB, "outcome:failed")).isEqualTo(1);
            assertThat(now("reseal.rotation.duration", DB)).isBetween(3_600.0, 3_601.0);
            assertThat(now("reseal.events", "state:pending")).isEqualTo(1);
            assertThat(now("reseal.event.delay")).isBetween(10_800.0, 10_800.0 + LONG.toSeconds());
            assertThat(now("reseal.migration.rows", DB, "result:changed")).isEqualTo(3);
            assertThat(now("reseal.migration.rows", DB, "result:superseded")).isEqualTo(2);
            assertThat(now("reseal.migration.rows.per.second", DB)).isEqualTo(12.5);
            assertThat(now("reseal.migration.runs", DB, "state:running")).isEqualTo(1);
            assertThat(now("reseal.migration.nodes", DB)).isEqualTo(2);
            assertThat(now("reseal.migration.ratio", DB)).isEqualTo(1);
            assertThat(now("reseal.migration.duration", DB)).isBetween(0.0, (double) LONG.toSeconds());
            assertThat(now("reseal.throttle.duty", DB)).isEqualTo(0.25);
            assertThat(now("reseal.throttle.nodes", "reason:waiters")).isEqualTo(1);
            assertThat(now("reseal.quarantine", "cause:TamperedValueException")).isEqualTo(1);
            assertThat(now("reseal.quarantine", "cause:other")).isEqualTo(0);
            assertThat(now("reseal.task.age", "task:key_rotation_alerts")).isBetween(90.0, 90.0 + LONG.toSeconds());
            assertThat(now("reseal.task.failed", "task:key_rotation_alerts")).isEqualTo(1);
            assertThat(now("reseal.notices", "state:dead")).isEqualTo(1);
            assertThat(now("reseal.notices", "state:pending")).isEqualTo(0);
            assertThat(now("reseal.scheduler.paused")).isEqualTo(1);
            stage.database.execute("DELETE FROM reseal_scheduler_pause");
            stage.database.execute("UPDATE reseal_notification SET state = 'SENT'");
            assertThat(fresh("reseal.up")).isEqualTo(1);
            assertThat(now("reseal.scheduler.paused")).isEqualTo(0);
            assertThat(now("reseal.notices", "state:dead")).isEqualTo(0);
        }
    }

    private static String event(String state, String startedAt, String endedAt, String openFor) {
        return "INSERT INTO reseal_event (key_type, open_for, state, replaces, actor, reason, forced, requested_at, due_at,"
                + " started_at, ended_at, rows_changed, rows_left, attempts, token) SELECT 'database_encryption', "
                + openFor
                + ", " + state + ", 1, 'a', 'r', FALSE, reported_at, reported_at - INTERVAL '3' HOUR, " + startedAt
                + ", "
                + endedAt + ", 0, 0, 1, 1 FROM reseal_pace WHERE node = 'a'";
    }

    @EachDatabase
    void alertsAreCountedBySeverityAndKind(Databases kind) throws SQLException {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            bind(stage);
            String now = kind == Databases.MARIADB ? "UTC_TIMESTAMP(6)" : "CURRENT_TIMESTAMP";
            stage.database.execute("DELETE FROM reseal_alert");
            String alert =
                    "INSERT INTO reseal_alert (open_for, kind, severity, subject_sort, subject, evidence, remedy,"
                            + " occurrences, first_seen, last_seen, acknowledged_at) VALUES (";
            String rest = ", 'ROTATION_FAILED', 'CRITICAL', 'NODE', 's', 'e', 'r', 1, " + now + ", " + now + ", ";
            stage.database.execute(alert + "'1'" + rest + now + ")");
            stage.database.execute(alert + "'2'" + rest + "NULL)");
            stage.database.execute(alert + "NULL" + rest + "NULL)");
            stage.database.execute("INSERT INTO reseal_indicator (id, node, indicator, column_context, key_name,"
                    + " minute_start, occurrences, told) VALUES ('1', 'n', 'TAMPERED_VALUE', 'c', 'k', " + now
                    + ", 7, 7),"
                    + " ('2', 'n', 'TAMPERED_VALUE', 'c', 'k', " + now + " - INTERVAL '61' MINUTE, 50, 50)");
            awaitUp();
            assertThat(now("reseal.alerts", "severity:critical")).isEqualTo(2);
            assertThat(now("reseal.alerts", "severity:warning")).isEqualTo(0);
            assertThat(now("reseal.alerts.unacknowledged", "severity:critical")).isEqualTo(1);
            assertThat(now("reseal.alerts.by.kind", "kind:rotation_failed")).isEqualTo(2);
            assertThat(now("reseal.errors.last.hour", "cause:tampered_value")).isEqualTo(7);
        }
    }

    @Test
    void aScrapeCostsOneStatementAndNoneWithinTenSeconds() throws SQLException {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            bind(stage);
            AtomicInteger statements = new AtomicInteger();
            stage.rotation.deliveryGround().database().jdbi().setSqlLogger(new SqlLogger() {
                @Override
                public void logAfterExecution(StatementContext context) {
                    if (Thread.currentThread().getName().equals("reseal-metrics")) {
                        statements.incrementAndGet();
                    }
                }
            });
            awaitUp();
            int before = statements.get();
            scrape();
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(10) - 1);
            scrape();
            assertThat(statements).as("within ten seconds").hasValue(before);
            nanos.incrementAndGet();
            scrape();
            Awaitility.await()
                    .atMost(LONG)
                    .untilAsserted(() -> assertThat(statements).hasValue(before + 1));
            scrape();
            assertThat(statements).hasValue(before + 1);
        }
    }

    @Test
    void aDatabaseThatDoesNotAnswerHoldsUpNoScrape() throws SQLException {
        try (DestructionStage stage = new DestructionStage(Databases.POSTGRESQL, directory, Map.of())) {
            bind(stage);
            awaitUp();
            try (Connection other = stage.database.connect();
                    Statement lock = other.createStatement()) {
                other.setAutoCommit(false);
                lock.execute("LOCK TABLE reseal_event");
                long begun = System.nanoTime();
                assertThat(fresh("reseal.up")).isEqualTo(0);
                scrape();
                assertThat(now("reseal.key.age", DB)).isNaN();
                assertThat(now("reseal.alerts", "severity:critical")).isNaN();
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("of which each of more than a hundred meters could have taken two")
                        .isLessThan(Duration.ofSeconds(25));
                other.rollback();
            }
            awaitUp();
            assertThat(now("reseal.alerts", "severity:critical")).isNotNaN();
        }
    }

    /** In an application that keeps nothing but the registry, and in it the alerts alone. */
    @Test
    void metersHoldWhatTheyRead() throws SQLException {
        registry.config().meterFilter(MeterFilter.denyUnless(id -> id.getName().equals("reseal.alerts")));
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            bind(stage);
            System.gc();
            Awaitility.await()
                    .atMost(LONG)
                    .untilAsserted(() -> assertThat(fresh("reseal.alerts", "severity:critical"))
                            .isNotNaN());
        }
    }

    @Test
    void nothingIsMeasuredAfterTheRotationIsClosed() throws SQLException {
        DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of());
        try (stage) {
            bind(stage);
            awaitUp();
        }
        assertThat(fresh("reseal.up")).isEqualTo(0);
        assertThat(registry.getMeters())
                .hasSizeGreaterThan(100)
                .allSatisfy(meter -> assertThat(value(meter)).isIn(0.0, Double.NaN));
    }

    @Test
    void tagsAreBoundedByTheKeyTypesAndTheNamesInTheCode() throws SQLException {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            bind(stage);
            int before = registry.getMeters().size();
            stage.quarantineOneValue();
            stage.database.execute("UPDATE reseal_quarantine SET error_class = 'org.example.Ann'");
            awaitUp();
            assertThat(now("reseal.quarantine", "cause:other")).isEqualTo(1);
            assertThat(registry.getMeters()).hasSize(before).hasSizeLessThan(400);
            assertThat(registry.getMeters().toString()).doesNotContain("Ann", "901");
        }
    }

    @Test
    void everyMetricOfTheDashboardAndTheRulesIsScraped() throws Exception {
        Set<String> scraped = scraped(METRIC);
        String rules = Pattern.compile("expr: '.*'")
                .matcher(Files.readString(RULES, StandardCharsets.UTF_8))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.joining());
        assertThat(named(rules)).hasSizeGreaterThan(10).isSubsetOf(scraped);
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD, StandardCharsets.UTF_8));
        List<String> expressions = dashboard.findValuesAsString("expr");
        assertThat(expressions)
                .hasSizeGreaterThan(15)
                .allSatisfy(
                        expression -> assertThat(named(expression)).isNotEmpty().isSubsetOf(scraped));
        assertThat(named("sum(reseal_no_such) / reseal_up"))
                .as("what no meter is called")
                .containsExactlyInAnyOrder("reseal_no_such", "reseal_up")
                .filteredOn(name -> !scraped.contains(name))
                .containsExactly("reseal_no_such");
    }

    @Test
    void everyTagThatRulesAndDashboardAskForIsOneOfTheMeters() throws Exception {
        Set<String> tags = scraped(Pattern.compile("[a-z_]+=\"[^\"]+\""));
        String asked = Files.readString(RULES, StandardCharsets.UTF_8)
                + Files.readString(DASHBOARD, StandardCharsets.UTF_8).replace("\\\"", "\"");
        Set<String> selected = Pattern.compile("[{,]([a-z_]+)(=~|=|!=)\"([^\"]+)\"")
                .matcher(asked)
                .results()
                .flatMap(one ->
                        Stream.of(one.group(3).split("\\|", -1)).map(value -> one.group(1) + "=\"" + value + "\""))
                .collect(Collectors.toSet());
        assertThat(selected).hasSizeGreaterThan(15).isSubsetOf(tags);
    }

    @Test
    void everyMeterIsExplainedInTheDocumentation() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            bind(stage);
            String text = Files.readString(Path.of("../docs/metrics.md"), StandardCharsets.UTF_8);
            Set<String> explained = Pattern.compile("^\\| `(reseal\\.[a-z.]+)` \\|", Pattern.MULTILINE)
                    .matcher(text)
                    .results()
                    .map((MatchResult row) -> row.group(1))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(registry.getMeters().stream()
                            .map(meter -> meter.getId().getName())
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(explained);
        }
    }

    private Set<String> scraped(Pattern what) throws SQLException {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, QUICKLY)) {
            new RotationMetrics(stage.rotation).bindTo(prometheus);
            stage.rotation.rotate(KeyType.TOKEN_ENCRYPTION, "ann", "first");
            return prometheus
                    .scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> what.matcher(line).results().map(MatchResult::group))
                    .collect(Collectors.toSet());
        }
    }

    private static Set<String> named(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    @Test
    void aRotationOpensWithoutMicrometerOnTheClassPath() throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("micrometer") && !entry.contains("prometheus-metrics")) {
                others.add(url(entry));
            }
        }
        Databases.TestDatabase database = Databases.H2.fresh();
        Map<String, String> settings = Map.of(
                ResealSettings.KEY_STORE, database.url(),
                ResealSettings.KEY_STORE_USER, database.user(),
                ResealSettings.KEY_STORE_PASSWORD, database.password(),
                ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        try (URLClassLoader without = new URLClassLoader(others.toArray(URL[]::new), platform)) {
            assertThat(without.getResource("io/micrometer/core/instrument/Gauge.class"))
                    .isNull();
            Thread.currentThread().setContextClassLoader(without);
            assertThat(Class.forName("org.h2.Driver", true, without).getClassLoader())
                    .as("of the driver that registers itself")
                    .isSameAs(without);
            Class<?> facade = without.loadClass("io.reseal.rotation.KeyRotation");
            assertThat(facade.getDeclaredMethods()).isNotEmpty();
            try (AutoCloseable rotation =
                    (AutoCloseable) facade.getMethod("open", Map.class).invoke(null, settings)) {
                assertThat((List<?>) facade.getMethod("keys").invoke(rotation)).isEmpty();
            }
        } finally {
            Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
        }
    }

    private static URL url(String entry) throws MalformedURLException {
        return Path.of(entry).toUri().toURL();
    }
}
