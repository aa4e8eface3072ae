package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.FIRST;
import static io.reseal.rotation.EmergencyStage.ROWS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.keys.AuditEntry;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.testing.Databases;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class IncidentsTest {

    private static final String SCRIPT = "<script>alert(\"x\")</script>&'";

    @TempDir
    Path directory;

    @Test
    void aStepIsInTimeOrLateByTheTimeBoxOfTheManual() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            Incidents incidents = stage.rotation.incidents();
            stage.clock.advance(Duration.ofMinutes(15));
            incidents.notified(FIRST, notification(stage), People.ANN);
            assertThat(standing(stage, IncidentStep.NOTIFY_SECURITY)).isEqualTo(StepReport.Standing.DONE_IN_TIME);
            assertThat(standing(stage, IncidentStep.ASSESS_IMPACT)).isEqualTo(StepReport.Standing.OPEN);

            stage.clock.advance(Duration.ofMinutes(106));
            assertThat(standing(stage, IncidentStep.ASSESS_IMPACT)).isEqualTo(StepReport.Standing.OVERDUE);
            incidents.complete(FIRST, IncidentStep.ASSESS_IMPACT, People.BOB, "nobody outside was reached");
            assertThat(standing(stage, IncidentStep.ASSESS_IMPACT)).isEqualTo(StepReport.Standing.DONE_LATE);
            assertThat(standing(stage, IncidentStep.LEARN_LESSONS)).isEqualTo(StepReport.Standing.OPEN);
            stage.clock.advance(Duration.ofHours(22));
            assertThat(standing(stage, IncidentStep.LEARN_LESSONS)).isEqualTo(StepReport.Standing.OVERDUE);
        }
    }

    @Test
    void whatIsFoundOutNoPersonSays() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            assertThatThrownBy(() -> stage.rotation
                            .incidents()
                            .complete(FIRST, IncidentStep.PROVE_EMPTY, People.ANN, "I am sure"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void staysOpenUntilTheProofIsThere() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory);
                Connection blocker = stage.database.connect()) {
            blocker.setAutoCommit(false);
            blocker.createStatement().execute("LOCK TABLE note IN SHARE MODE"); // reads go on, writes wait
            stage.emergency();
            Incidents incidents = stage.rotation.incidents();
            assertThatThrownBy(() -> incidents.close(FIRST, People.ANN, "done"))
                    .isInstanceOf(IncidentRefusedException.class)
                    .hasMessageContaining("no proof");
            assertThat(incidents.find(FIRST).orElseThrow().isOpen()).isTrue();
            blocker.rollback();

            stage.proved(FIRST);
            assertThat(stage.rotation.alerts().open())
                    .extracting(Alert::kind, Alert::severity)
                    .containsExactly(tuple(AlertKind.EMERGENCY_ROTATION, AlertSeverity.CRITICAL));
            assertThat(incidents.close(FIRST, People.ANN, "done").isOpen()).isFalse();
            assertThat(stage.rotation.alerts().open()).isEmpty();
            assertThatThrownBy(() -> incidents.remark(FIRST, People.ANN, "one more thing"))
                    .isInstanceOf(IncidentRefusedException.class);
            assertThatThrownBy(() -> stage.rotation
                            .emergency()
                            .replace(FIRST, People.ANN, "again", EmergencyRotation.TOP_PRIORITY))
                    .isInstanceOf(IncidentRefusedException.class)
                    .hasMessageContaining("closed");
            assertThat(incidents.reopen(FIRST, People.ANN, "a backup came back").isOpen())
                    .isTrue();
        }
    }

    /** A value that does not open stays under the key: neither the run's end nor anybody's word hides it. */
    @Test
    void staysOpenWhileAValueIsLeft() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.database.execute(
                    "UPDATE \"note\" SET \"body\" = '" + FIRST.textPrefix() + "damaged' WHERE \"id\" = 3");
            stage.emergency();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> stage.rotation
                            .incidents()
                            .follow(FIRST)
                            .done(IncidentStep.COMPLETE_REENCRYPTION)
                            .isPresent());
            assertThatThrownBy(() -> stage.rotation.incidents().close(FIRST, People.ANN, "done"))
                    .isInstanceOf(IncidentRefusedException.class)
                    .hasMessageContaining("1 in note.body");
            assertThat(standing(stage, IncidentStep.CHECK_INTEGRITY)).isEqualTo(StepReport.Standing.OPEN);
        }
    }

    @Test
    void exportsEverythingAsOnePageThatRunsAndLoadsNothing() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            Incidents incidents = stage.rotation.incidents();
            incidents.notified(FIRST, notification(stage), People.ANN);
            incidents.complete(FIRST, IncidentStep.LEARN_LESSONS, People.BOB, SCRIPT);
            stage.proved(FIRST);
            StringWriter page = new StringWriter();
            incidents.writeHtml(FIRST, page);
            assertThat(page.toString())
                    .doesNotContain("<script", "src=", "href=", "@import", "url(")
                    .contains("default-src 'none'", "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;")
                    .contains(IncidentReport.FORGERY_NOTICE, "sso:1001", "DONE_IN_TIME", "A SOFT proof of");
        }
    }

    @Test
    void exportsEverythingAsJson() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            stage.rotation.incidents().notified(FIRST, notification(stage), People.ANN);
            stage.proved(FIRST);
            StringWriter text = new StringWriter();
            stage.rotation.incidents().writeJson(FIRST, text);
            JsonNode json = JsonMapper.shared().readTree(text.toString());
            assertThat(json.at("/key_type").asString()).isEqualTo("database_encryption");
            assertThat(json.at("/key_state").asString()).isEqualTo("COMPROMISED");
            assertThat(json.at("/affected/rows").asLong()).isEqualTo(ROWS);
            assertThat(json.at("/affected/tables/0/owners").isNull()).isTrue();
            assertThat(json.at("/proof/holds").asBoolean()).isTrue();
            assertThat(json.at("/steps").size()).isEqualTo(IncidentStep.values().length);
            assertThat(json.at("/notifications/0/whom").asString()).isEqualTo(SCRIPT);
            assertThat(json.at("/notices/0").asString()).isEqualTo(IncidentReport.FORGERY_NOTICE);
        }
    }

    /** What was proved before says nothing about values that came back since. */
    @Test
    void openedAgainItIsClosedOnlyAfterWhatCameBackIsReencrypted() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            String value = stage.database
                    .query("SELECT \"body\" FROM \"note\" WHERE \"id\" = 7")
                    .get(0);
            stage.emergency();
            stage.proved(FIRST);
            Incidents incidents = stage.rotation.incidents();
            incidents.close(FIRST, People.ANN, "done");
            incidents.reopen(FIRST, People.ANN, "a backup came back");
            stage.database.execute("UPDATE \"note\" SET \"body\" = '" + value + "' WHERE \"id\" = 7");
            assertThatThrownBy(() -> incidents.close(FIRST, People.ANN, "done"))
                    .isInstanceOf(IncidentRefusedException.class);

            Incident again = stage.replaced(FIRST);
            assertThat(again.response().affected().orElseThrow().rows()).isOne();
            stage.proved(FIRST);
            assertThat(stage.underFirst()).isZero();
            assertThat(incidents.close(FIRST, People.ANN, "done").isOpen()).isFalse();
        }
    }

    /** Whoever followed it is slow to write down what was seen before somebody opened it again. */
    @Test
    void openedAgainItTakesNothingThatWasSeenBefore() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            Incident proved = stage.proved(FIRST);
            Incidents incidents = stage.rotation.incidents();
            Chronicle slow = new Chronicle(incidents.store(), proved, new Custody.Wish("node", "key found in a log"));
            incidents.close(FIRST, People.ANN, "done");
            Incident again = incidents.reopen(FIRST, People.ANN, "a backup came back");
            slow.done(IncidentStep.PROVE_EMPTY, "seen before");
            slow.note("seen before");
            slow.respond(response -> proved.response());
            assertThat(incidents.store().get(FIRST)).isEqualTo(again);
        }
    }

    /** Somebody opens it again between its end and the end of its alert: here as soon as its end is written. */
    @Test
    void closingEndsNoAlertThatWasRaisedAgainMeanwhile() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory)) {
            stage.emergency();
            stage.proved(FIRST);
            Incidents incidents = stage.rotation.incidents();
            stage.database.execute("CREATE FUNCTION raise_again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    + " UPDATE reseal_alert SET occurrences = occurrences + 1; RETURN NULL; END $$;"
                    + " CREATE TRIGGER raised_again AFTER INSERT ON reseal_audit FOR EACH ROW"
                    + " WHEN (NEW.action = 'incident-closed') EXECUTE FUNCTION raise_again()");
            assertThat(incidents.close(FIRST, People.ANN, "done").isOpen()).isFalse();
            assertThat(stage.rotation.alerts().open()).singleElement().satisfies(alert -> {
                assertThat(alert.kind()).isEqualTo(AlertKind.EMERGENCY_ROTATION);
                assertThat(alert.count()).isEqualTo(2);
            });
            incidents.close(FIRST, People.ANN, "seen now");
            assertThat(stage.rotation.alerts().open()).isEmpty();
        }
    }

    @Test
    void closedItTellsOfItsEndWhateverHappensToTheKeyLater() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            String value = stage.database
                    .query("SELECT \"body\" FROM \"note\" WHERE \"id\" = 7")
                    .get(0);
            stage.emergency();
            stage.proved(FIRST);
            Incidents incidents = stage.rotation.incidents();
            Incident closed = incidents.close(FIRST, People.ANN, "done");
            assertThat(incidents.find(closed.id())).contains(closed);
            assertThat(incidents.find("database_encryption/9")).isEmpty();
            IncidentReport before = incidents.report(FIRST);
            stage.database.execute("UPDATE \"note\" SET \"body\" = '" + value + "' WHERE \"id\" = 7");
            stage.rotation
                    .reencrypt(EmergencyStage.DB, EmergencyRotation.TOP_PRIORITY)
                    .await(Duration.ofSeconds(40));
            assertThat(incidents.follow(FIRST)).isEqualTo(closed);
            assertThat(incidents.report(FIRST).run().map(IncidentReport.RunReport::id))
                    .isEqualTo(before.run().map(IncidentReport.RunReport::id));
            assertThat(incidents.report(FIRST).proof())
                    .isEqualTo(before.proof())
                    .isPresent();
        }
    }

    @Test
    void aFullOneCanBeClosed() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            Incident proved = stage.proved(FIRST);
            Incidents incidents = stage.rotation.incidents();
            Incident full = proved;
            while (full.timeline().size() < 500) {
                full = full.with(new IncidentEntry(
                        stage.clock.instant(), "x", IncidentEntry.Kind.NOTE, java.util.Optional.empty(), "again"));
            }
            Incident stuffed = full;
            incidents.store().change(FIRST, before -> stuffed, new AuditEntry("x", "stuff", "why", "x"));
            assertThatThrownBy(() -> incidents.remark(FIRST, People.ANN, "one more"))
                    .isInstanceOf(IncidentRefusedException.class)
                    .hasMessageContaining("full");
            assertThat(incidents.close(FIRST, People.ANN, "done").isOpen()).isFalse();
        }
    }

    @Test
    void whoWasToldInTimeWasToldInTimeThoughItIsWrittenDownLater() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.emergency();
            Notification told = notification(stage);
            stage.clock.advance(Duration.ofHours(3));
            stage.rotation.incidents().notified(FIRST, told, People.ANN);
            assertThat(standing(stage, IncidentStep.NOTIFY_SECURITY)).isEqualTo(StepReport.Standing.DONE_IN_TIME);
            Notification future = new Notification(
                    Notification.Audience.SECURITY,
                    "x",
                    "y",
                    stage.clock.instant().plusSeconds(60));
            assertThatThrownBy(() -> stage.rotation.incidents().notified(FIRST, future, People.ANN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("future");
        }
    }

    @Test
    void whatIsToBeDoneAtOnceIsOverdueAfterAQuarterOfAnHour() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.incidents().store().open(FIRST, new Custody.Wish("someone", "why"), People.ANN);
            stage.clock.advance(Duration.ofMinutes(15));
            assertThat(standing(stage, IncidentStep.NOTIFY_SECURITY)).isEqualTo(StepReport.Standing.OPEN);
            stage.clock.advance(Duration.ofSeconds(1));
            assertThat(standing(stage, IncidentStep.NOTIFY_SECURITY)).isEqualTo(StepReport.Standing.OVERDUE);
            assertThat(standing(stage, IncidentStep.ASSESS_IMPACT)).isEqualTo(StepReport.Standing.OPEN);
        }
    }

    @Test
    void aClockThatIsSetBackTurnsNoTimelineRound() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            stage.rotation.incidents().store().open(FIRST, new Custody.Wish("someone", "why"), People.ANN);
            stage.clock.advance(Duration.ofMinutes(-10));
            Incident incident = stage.rotation.incidents().remark(FIRST, People.ANN, "the clock is wrong");
            assertThat(incident.timeline()).extracting(IncidentEntry::at).isSorted();
        }
    }

    private static Notification notification(EmergencyStage stage) {
        return new Notification(Notification.Audience.SECURITY, SCRIPT, "telephone", stage.clock.instant());
    }

    private static StepReport.Standing standing(EmergencyStage stage, IncidentStep step) {
        return stage.rotation.incidents().report(FIRST).steps().stream()
                .filter(report -> report.step() == step)
                .map(StepReport::standing)
                .findFirst()
                .orElseThrow();
    }
}
