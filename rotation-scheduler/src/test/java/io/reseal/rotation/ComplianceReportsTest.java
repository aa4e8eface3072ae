package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealSettings;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.compliance.ComplianceReport;
import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ControlFinding.Result;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.compliance.ReportRefusedException;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.schedule.TaskRun;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComplianceReportsTest {

    private static final YearMonth JANUARY = YearMonth.of(2037, 1);

    /** Clocks of tests begin in it. */
    private static final ReportPeriod YEAR =
            new ReportPeriod(Instant.parse("2037-01-01T00:00:00Z"), Instant.parse("2038-01-01T00:00:00Z"));

    @TempDir
    Path directory;

    private static List<ControlFinding> findings(KeyRotation rotation) {
        ComplianceReport report = rotation.reports().generate(YEAR, People.ANN, "what has become of it?");
        return rotation.reports().findings(report.id());
    }

    private static ControlFinding finding(KeyRotation rotation, Control control) {
        return findings(rotation).stream()
                .filter(finding -> finding.control() == control)
                .findFirst()
                .orElseThrow();
    }

    private static void assertMet(KeyRotation rotation, Control... controls) {
        assertThat(findings(rotation))
                .filteredOn(finding -> finding.result() == Result.MET)
                .extracting(ControlFinding::control)
                .contains(controls);
    }

    private static void assertNotMet(KeyRotation rotation, Control control, String reason) {
        ControlFinding finding = finding(rotation, control);
        assertThat(finding.result()).as(finding.toString()).isEqualTo(Result.NOT_MET);
        assertThat(finding.reason()).contains(reason);
    }

    /** The database dates alerts, and its clock is not the test's. */
    private static String at(Databases kind, String moment) {
        return "TIMESTAMP " + (kind == Databases.MARIADB ? "'" + moment + "'" : "WITH TIME ZONE '" + moment + "+00'");
    }

    @EachDatabase
    void brokenFactsTurnControlsThatWereMet(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory);
                RotationScheduler scheduler = RotationScheduler.open(stage.rotation, Map.of())) {
            KeyRotation rotation = stage.rotation;
            assertThat(scheduler.run(ScheduledTask.KEY_ROTATION_ALERTS).succeeded())
                    .isTrue();
            assertThat(scheduler.run(ScheduledTask.KEY_USAGE_MONITORING).succeeded())
                    .isTrue();
            assertThat(scheduler.run(ScheduledTask.KEY_ROTATION_HEALTH_CHECK).succeeded())
                    .isTrue();
            Alert alert = rotation.alerts()
                    .raise(AlertKind.FAILED_OPENINGS, AlertSubject.keyType(KeyType.DATABASE_ENCRYPTION), "57 times");
            Alert taken = rotation.alerts().acknowledge(alert.id(), People.BOB);
            assertThat(taken.acknowledged()).isPresent();
            stage.database.execute("UPDATE reseal_alert SET first_seen = " + at(kind, "2037-01-02 03:00:00")
                    + ", acknowledged_at = " + at(kind, "2037-01-02 03:02:00"));
            assertMet(
                    rotation,
                    Control.SOC2_CC6_1,
                    Control.SOC2_CC6_7,
                    Control.SOC2_CC6_8,
                    Control.ISO_A_10_1_2,
                    Control.ISO_A_16_1_5,
                    Control.NIST_PR_DS_1,
                    Control.NIST_PR_DS_2,
                    Control.NIST_DE_CM_1);
            assertThat(finding(rotation, Control.ISO_A_12_3_1).result()).isEqualTo(Result.NOT_ASSESSED);
            assertThat(finding(rotation, Control.NIST_RS_RP_1).result()).isEqualTo(Result.NOT_ASSESSED);

            stage.keys
                    .trail()
                    .did(
                            "review 2037-Q1",
                            new AuditEntry("sso:1001", "attest-review", "all went well").telling("DRILLS"));
            assertMet(rotation, Control.ISO_A_12_3_1, Control.NIST_RS_RP_1);

            stage.database.execute("UPDATE \"note\" SET \"title\" = 'in plain words' WHERE \"id\" = 2");
            assertNotMet(rotation, Control.NIST_PR_DS_1, "1 of 16 values of note.title are not sealed");
            stage.database.execute("UPDATE \"note\" SET \"title\" = NULL WHERE \"id\" = 2");
            assertMet(rotation, Control.NIST_PR_DS_1);

            destroyWithoutProofOrApproval(stage);
            assertNotMet(rotation, Control.SOC2_CC6_1, "destroy of database_encryption version 1");
            assertNotMet(rotation, Control.SOC2_CC6_7, "version 1 was destroyed without a proof");

            stage.clock.advance(Duration.ofHours(25));
            assertNotMet(rotation, Control.NIST_DE_CM_1, "key_rotation_alerts has not begun for 1 h");
            stage.database.execute("UPDATE reseal_alert SET acknowledged_at = NULL");
            assertNotMet(rotation, Control.ISO_A_16_1_5, "was neither taken on nor over within 1 h");
            assertNotMet(rotation, Control.SOC2_CC6_8, "FAILED_OPENINGS (key type database_encryption)");

            stage.clock.advance(Duration.ofDays(225));
            assertNotMet(rotation, Control.ISO_A_12_3_1, "longer ago than a quarter");
            assertNotMet(rotation, Control.NIST_RS_RP_1, "the last drill is longer ago than a quarter");
            assertNotMet(rotation, Control.ISO_A_10_1_2, "a key of database_encryption sealed when it was at 125 %");
        }
    }

    private static void destroyWithoutProofOrApproval(EmergencyStage stage) {
        var lifecycle = stage.keys.lifecycle();
        lifecycle.promote(lifecycle.createSuccessor(KeyType.DATABASE_ENCRYPTION, "eve", "x"), "eve", "x");
        lifecycle.proposeDestroy(EmergencyStage.FIRST, "eve", "x");
        lifecycle.destroy(EmergencyStage.FIRST, "eve", "x");
    }

    @EachDatabase
    void aDestructionAsThePolicyWantsItIsShownWithItsProof(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            stage.prove();
            stage.approve();
            stage.destruction().destroy(People.ANN, "nobody needs it");
            assertMet(stage.rotation, Control.SOC2_CC6_1, Control.SOC2_CC6_7, Control.SOC2_CC6_8);
            assertThat(finding(stage.rotation, Control.SOC2_CC6_1).facts())
                    .contains("1 actions that take several people, 0 of them without another person's approval");
            ComplianceReport report = stage.rotation.reports().list().get(0);
            assertThat(json(stage.rotation, report.id()))
                    .contains("\"material_erased\" : true", "\"values_left\" : 0", "\"values_counted\" : 1")
                    .contains("\"erased_effective_at\" : \"2037-04-09T03:04:05Z\"")
                    .contains("\"approve\" : 1", "\"request-approval\" : 1");
        }
    }

    @EachDatabase
    void anIncidentOfWhichAStepIsOverdueTurnsTheResponse(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            Incident incident = stage.emergency();
            assertThat(finding(stage.rotation, Control.NIST_RS_RP_1).result()).isEqualTo(Result.NOT_ASSESSED);
            stage.clock.advance(Duration.ofHours(25));
            assertNotMet(stage.rotation, Control.NIST_RS_RP_1, "ASSESS_IMPACT was not done");
            assertNotMet(stage.rotation, Control.ISO_A_16_1_5, "the incident of " + incident.key());
            String json =
                    json(stage.rotation, stage.rotation.reports().list().get(0).id());
            assertThat(json).contains("\"emergency\" : 1", "\"ASSESS_IMPACT OVERDUE\"");
        }
    }

    private static String json(KeyRotation rotation, String id) throws IOException {
        StringWriter json = new StringWriter();
        rotation.reports().writeJson(id, json);
        return json.toString();
    }

    @EachDatabase
    void eachMonthHasOneReportHoweverManyNodesMakeItAndHoweverLate(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory);
                KeyRotation other = stage.open(Map.of());
                RotationScheduler scheduler = RotationScheduler.open(stage.rotation, Map.of())) {
            ComplianceReports reports = stage.rotation.reports();
            assertThat(reports.catchUp()).as("January is not over").isEmpty();
            stage.clock.set(Instant.parse("2037-03-01T02:00:00Z"));
            List<ComplianceReport> made = together(4, reports::catchUp);
            assertThat(made).extracting(ComplianceReport::id).containsOnly("kr_report_2037-01", "kr_report_2037-02");
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_report"))
                    .containsExactly("2");
            assertThat(
                            stage.database.query(
                                    "SELECT subject, detail FROM reseal_audit WHERE action = 'generate-report' ORDER BY subject"))
                    .containsExactlyElementsOf(reports.list().stream()
                            .sorted((one, two) -> one.id().compareTo(two.id()))
                            .map(report -> "report " + report.id() + "|sha-256 " + report.sha256())
                            .toList());
            assertThat(reports.catchUp()).isEmpty();
            assertThat(reports.lastMonth().period()).isEqualTo(ReportPeriod.of(JANUARY.plusMonths(1)));

            stage.clock.set(Instant.parse("2038-05-31T23:59:59.999999Z"));
            TaskRun run = scheduler.run(ScheduledTask.GENERATE_KEY_ROTATION_COMPLIANCE_REPORT);
            assertThat(run.summary())
                    .startsWith("kr_report_2037-05, kr_report_2037-06")
                    .endsWith("kr_report_2038-04");
            assertThat(reports.find("kr_report_2038-05")).isEmpty();
            assertThat(reports.find("kr_report_2037-04")).isEmpty();
            assertThat(scheduler
                            .run(ScheduledTask.GENERATE_KEY_ROTATION_COMPLIANCE_REPORT)
                            .summary())
                    .isEqualTo("no month without a report");
            assertThat(other.nodes()).isNotNull();
        }
    }

    private static List<ComplianceReport> together(int times, Callable<List<ComplianceReport>> work) throws Exception {
        try (Closing threads = new Closing(Executors.newFixedThreadPool(times))) {
            List<Future<List<ComplianceReport>>> all = IntStream.range(0, times)
                    .mapToObj(i -> threads.service().submit(work))
                    .toList();
            List<ComplianceReport> made = new ArrayList<>();
            for (Future<List<ComplianceReport>> one : all) {
                made.addAll(one.get());
            }
            return made;
        }
    }

    private record Closing(ExecutorService service) implements AutoCloseable {

        @Override
        public void close() {
            service.shutdownNow();
        }
    }

    @EachDatabase
    void whatWasChangedInTheTableIsNotShown(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            ComplianceReports reports = stage.rotation.reports();
            String id = reports.generate(YEAR, People.ANN, "audit").id();
            assertThat(json(stage.rotation, id))
                    .contains("\"report_id\" : \"" + id + "\"", "\"generated_by\" : \"sso:1001\"");
            stage.database.execute("UPDATE reseal_report SET body = REPLACE(body, 'audit', 'nothing')");
            assertThatThrownBy(() -> reports.writeHtml(id, new StringWriter()))
                    .isInstanceOf(ReportRefusedException.class)
                    .hasMessageContaining("The report " + id + " is not shown");
            forgeDigest(stage, id);
            assertThatThrownBy(() -> reports.findings(id)).isInstanceOf(ReportRefusedException.class);
            assertThatThrownBy(() -> reports.findings("kr_report_1")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void forgeDigest(EmergencyStage stage, String id) throws SQLException {
        String body = stage.database
                .query("SELECT body FROM reseal_report WHERE id = '" + id + "'")
                .get(0);
        stage.database.execute("UPDATE reseal_report SET sha256 = '" + sha256(body) + "'");
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The entry of a refusal is no transition: only a remembered end of its chain shows that it is gone. */
    @Test
    void whatWasCutOffFromTheAuditLogSinceTheLastReportIsFound() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            assertMet(stage.rotation, Control.SOC2_CC6_8);
            stage.rotation.events().schedule(KeyType.DATABASE_ENCRYPTION, true, "ann", "now");
            stage.clock.advance(Duration.ofSeconds(1));
            assertMet(stage.rotation, Control.SOC2_CC6_8);
            int cut = stage.database
                    .query("SELECT chain FROM reseal_audit WHERE action = 'generate-report'")
                    .size();
            assertThat(cut).isEqualTo(2);
            stage.database.execute(
                    "DELETE FROM reseal_audit a WHERE a.generation IS NULL AND a.seq > 1 AND a.seq > (SELECT COALESCE(MAX(b.seq), 0) FROM"
                            + " reseal_audit b WHERE b.chain = a.chain AND b.generation IS NOT NULL)");
            assertNotMet(stage.rotation, Control.SOC2_CC6_8, "places that are not as they were written");
        }
    }

    /** Mail and webhooks are connections too; of what another process sends by, this one knows nothing. */
    @Test
    void everyConnectionHasToBeProtected() throws Exception {
        String clear = "channel pager: in clear, to http://hooks.example.com";
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            assertMet(stage.rotation, Control.SOC2_CC6_7, Control.NIST_PR_DS_2);
            try (AlertDelivery delivery = AlertDelivery.open(stage.rotation, ProbesTest.IN_CLEAR)) {
                assertThat(delivery.routing().channels()).hasSize(2);
                assertNotMet(stage.rotation, Control.NIST_PR_DS_2, clear);
                assertNotMet(stage.rotation, Control.SOC2_CC6_7, clear);
            }
            try (AlertDelivery delivery = AlertDelivery.open(stage.rotation, ProbesTest.BY_TLS)) {
                assertThat(delivery.routing().channels()).hasSize(3);
                assertMet(stage.rotation, Control.SOC2_CC6_7, Control.NIST_PR_DS_2);
                assertThat(finding(stage.rotation, Control.NIST_PR_DS_2).facts())
                        .containsExactlyInAnyOrder(
                                "connection database of the key store: in clear, on the server's machine",
                                "channel log: the log of this process",
                                "channel pager: by TLS, to https://hooks.example.com",
                                "channel mail: in clear, on this machine, to 127.0.0.1:587");
            }
            RecordingChannel own = new RecordingChannel("own");
            try (AlertDelivery delivery = AlertDelivery.open(
                    stage.rotation,
                    Map.of("reseal.alerts.channels", List.of(own), "reseal.contacts.operations", "own"))) {
                stage.rotation.alerts().raise(AlertKind.CLOCK_BEHIND, AlertSubject.node("n"), "test");
                stage.rotation.alerts().raise(AlertKind.KEY_STORE_TAMPERED, AlertSubject.keyStore(), "test");
                delivery.deliver();
                assertThat(own.taken).isNotEmpty();
                assertNotAssessed(stage.rotation, "channel own: a channel of the application's own");
            }
            stage.database.execute("UPDATE reseal_notification SET sent_at = " + at(Databases.H2, "2037-01-02 03:00:00")
                    + " WHERE channel = 'own'");
            assertNotAssessed(stage.rotation, "channel own: it took notices, and is none of this process' channels");
            stage.database.execute("UPDATE reseal_notification SET channel = 'log'");
            try (AlertDelivery delivery = AlertDelivery.open(stage.rotation, Map.of())) {
                assertThat(delivery.routing().channels()).hasSize(1);
                assertMet(stage.rotation, Control.SOC2_CC6_7, Control.NIST_PR_DS_2);
            }
        }
    }

    private static void assertNotAssessed(KeyRotation rotation, String reason) {
        for (Control control : List.of(Control.SOC2_CC6_7, Control.NIST_PR_DS_2)) {
            ControlFinding finding = finding(rotation, control);
            assertThat(finding.result()).as(finding.toString()).isEqualTo(Result.NOT_ASSESSED);
            assertThat(finding.reason()).contains(reason);
        }
    }

    @Test
    void refusesAPeriodThatHasNotBegun() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            ReportPeriod next = new ReportPeriod(
                    stage.clock.instant(), stage.clock.instant().plusSeconds(1));
            assertThatThrownBy(() -> stage.rotation.reports().generate(next, People.ANN, "too early"))
                    .isInstanceOf(ReportRefusedException.class)
                    .hasMessageContaining("has not begun");
            assertThatThrownBy(() -> new ReportPeriod(YEAR.from(), YEAR.from()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(stage.rotation.reports().list()).isEmpty();
        }
    }

    @Test
    void holdsNoSecret() throws Exception {
        try (EmergencyStage stage =
                new EmergencyStage(Databases.H2, directory, Map.of(ResealSettings.KEY_STORE_PASSWORD, ""))) {
            String json = json(
                    stage.rotation,
                    stage.rotation.reports().generate(YEAR, People.ANN, "audit").id());
            String stored = stage.database
                    .query("SELECT \"body\" FROM \"note\" WHERE \"id\" = 1")
                    .get(0);
            String wrapped = stage.database
                    .query("SELECT RAWTOHEX(wrapped) FROM reseal_key WHERE key_type = 'database_encryption'")
                    .get(0);
            assertThat(json).doesNotContainIgnoringCase(stored, "body 1", wrapped);
        }
    }
}
