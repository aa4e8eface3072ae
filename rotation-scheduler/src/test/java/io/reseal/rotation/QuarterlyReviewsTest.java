package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.QuarterlyReviews.PolicyChange;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.maintenance.MaintenanceWindow;
import io.reseal.rotation.review.QuarterlyReview;
import io.reseal.rotation.review.QuarterlyReview.Item;
import io.reseal.rotation.review.QuarterlyReview.Line;
import io.reseal.rotation.review.Training;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarterlyReviewsTest {

    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path directory;

    private final TestClock clock = TestClock.standing();

    private ResealSettings settings(Databases.TestDatabase database, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        return database.settings(all);
    }

    private KeyRotation open(Databases.TestDatabase database, Map<String, String> more) {
        return KeyRotation.open(settings(database, more), clock, engine -> clock);
    }

    private static List<String> findings(QuarterlyReviews reviews, Item item) {
        return reviews.check(item).stream()
                .filter(Line::isFinding)
                .map(Line::text)
                .toList();
    }

    private static boolean isOpen(EmergencyStage stage, AlertKind kind, String quarter) {
        stage.rotation.reviews().look();
        return stage.rotation.alerts().open(kind, AlertSubject.review(quarter)).isPresent();
    }

    @EachDatabase
    void isDueEachQuarterRemindsAndIsCompleteOnceEveryItemIsAttested(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            QuarterlyReviews reviews = stage.rotation.reviews();
            assertThat(reviews.current().quarter()).isEqualTo("2037-Q1");
            assertThat(reviews.current().due()).isEqualTo(Instant.parse("2037-04-01T00:00:00Z"));
            stage.clock.set(Instant.parse("2037-03-17T23:59:59Z"));
            assertThat(isOpen(stage, AlertKind.REVIEW_DUE, "2037-Q1")).isFalse();
            stage.clock.set(Instant.parse("2037-03-18T00:00:00Z"));
            assertThat(isOpen(stage, AlertKind.REVIEW_DUE, "2037-Q1")).isTrue();
            assertThat(isOpen(stage, AlertKind.REVIEW_OVERDUE, "2037-Q1")).isFalse();
            reviews.look();
            assertThat(stage.rotation.alerts().open()).singleElement().satisfies(alert -> {
                assertThat(alert.count()).as("told once").isOne();
                assertThat(alert.severity()).isEqualTo(AlertSeverity.INFORMATION);
                assertThat(alert.evidence()).contains("2037-04-01T00:00:00Z", "POLICIES", "ACCESS");
            });
            stage.clock.set(Instant.parse("2037-04-01T00:00:00Z"));
            assertThat(isOpen(stage, AlertKind.REVIEW_DUE, "2037-Q1")).isFalse();
            assertThat(isOpen(stage, AlertKind.REVIEW_OVERDUE, "2037-Q1")).isTrue();

            for (Item item : Item.values()) {
                assertThat(isOpen(stage, AlertKind.REVIEW_OVERDUE, "2037-Q1")).isTrue();
                assertThat(reviews.attest("2037-Q1", item, People.ANN, "looked at " + item)
                                .missing())
                        .doesNotContain(item);
            }
            assertThat(isOpen(stage, AlertKind.REVIEW_OVERDUE, "2037-Q1")).isFalse();
            Instant completed = reviews.all().get(0).completed().orElseThrow();
            stage.clock.advance(DAY);
            reviews.attest("2037-Q1", Item.RISKS, People.BOB, "seen again");
            assertThat(reviews.all().get(0).completed()).as("stays").contains(completed);
            assertThat(reviews.all()).extracting(QuarterlyReview::quarter).containsExactly("2037-Q1", "2037-Q2");
            assertThat(reviews.last(Item.RISKS).orElseThrow().by()).isEqualTo("sso:1002");
            assertThat(reviews.last(Item.DRILLS).orElseThrow().quarter()).isEqualTo("2037-Q1");

            assertThatThrownBy(() -> reviews.attest("2037-Q3", Item.RISKS, People.BOB, "early"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("has not begun");
            assertThatThrownBy(() -> reviews.attest("2037-Q1", Item.RISKS, People.BOB, " "))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> reviews.export("last one")).isInstanceOf(IllegalArgumentException.class);
            assertThat(reviews.export("2037-Q1").text())
                    .startsWith("Review of 2037-Q1, due 2037-04-01T00:00:00Z, complete since 2037-04-01T00:00:00Z")
                    .contains("  sso:1001 at 2037-04-01T00:00:00Z: looked at RISKS", "seen again")
                    .contains(
                            "    FINDING key store: rollback not detectable", "    FINDING no drill was ever attested");
            assertThat(reviews.export("2037-Q2").json()).contains("\"completed\" : null", "\"missing\" : [");
            assertThat(stage.database.query("SELECT COUNT(*) FROM reseal_audit WHERE action = 'attest-review'"
                            + " AND subject = 'review 2037-Q1'"))
                    .containsExactly("8");
        }
    }

    @EachDatabase
    void checksSayWhatAMachineCanKnow(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory)) {
            QuarterlyReviews reviews = stage.rotation.reviews();
            assertThat(findings(reviews, Item.POLICIES)).isEmpty();
            assertThat(reviews.check(Item.ALGORITHMS))
                    .contains(new Line(false, "2 keys are AES-256-GCM, which is on the list (NIST SP 800-38D)"));
            assertThat(findings(reviews, Item.RISKS)).isEmpty();
            assertThat(findings(reviews, Item.DOCUMENTS)).isEmpty();
            assertThat(findings(reviews, Item.DRILLS))
                    .containsExactly(
                            "no drill was ever attested",
                            "no channel took a notice in this quarter: plan a maintenance window, which tests them");
            stage.rotation.alerts().raise(AlertKind.CLOCK_BEHIND, AlertSubject.node("n"), "test");
            assertThat(findings(reviews, Item.RISKS)).containsExactly("WARNING CLOCK_BEHIND (node n): test");
            stage.database.execute("UPDATE reseal_key SET format = 2 WHERE key_type = 'token_encryption'");
            assertThat(findings(reviews, Item.ALGORITHMS))
                    .contains("token_encryption version 1 has format 2, which is not known to be on the list");
            stage.database.execute(
                    "UPDATE reseal_key SET destroyed_at = created_at WHERE key_type = 'token_encryption'");
            assertThat(texts(reviews, Item.ALGORITHMS))
                    .as("what is destroyed seals and opens nothing")
                    .contains("1 keys are AES-256-GCM, which is on the list (NIST SP 800-38D)")
                    .noneMatch(line -> line.contains("has format 2"));
            stage.database.execute("UPDATE reseal_key SET format = 1, destroyed_at = NULL");

            stage.rotation.backups().declare("dumps", Duration.ofDays(30), People.ANN);
            assertThat(reviews.check(Item.ACCESS))
                    .extracting(line -> line.text().replaceAll(" at .*", ""))
                    .contains("sso:1001: 1 entries, 0 refused, the last");
            assertThat(findings(reviews, Item.TRAINING)).hasSize(3);
            LocalDate today = LocalDate.parse("2037-01-02");
            reviews.trained(
                    new Training(
                            Training.Role.SECURITY, "Ann", today.minusYears(1).minusDays(1), 8),
                    People.BOB);
            assertThat(findings(reviews, Item.TRAINING))
                    .contains("SECURITY: Ann, 8 hours on 2036-01-01; to be certified again by 2037-01-01");
            reviews.trained(new Training(Training.Role.SECURITY, "Ann", today, 4), People.BOB);
            reviews.trained(new Training(Training.Role.OPERATIONS, "Bob", today, 1), People.ANN);
            assertThat(findings(reviews, Item.TRAINING))
                    .containsExactly(
                            "OPERATIONS: Bob, 1 hours on 2037-01-02; 2 are required",
                            "DEVELOPMENT: nobody is trained in how the keys are called and tested, and what a change may do to"
                                    + " a rotation");
            assertThat(reviews.trainings()).hasSize(3);
            assertThat(stage.database.query(
                            "SELECT actor FROM reseal_audit WHERE action = 'record-training' ORDER BY seq"))
                    .containsExactly("sso:1002", "sso:1002", "sso:1001");
        }
    }

    @Test
    void checksLookAtTheQuarterAndNotAtThoseBefore() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.H2, directory)) {
            QuarterlyReviews reviews = stage.rotation.reviews();
            Instant start = stage.clock.instant().plusSeconds(60);
            stage.rotation
                    .maintenance()
                    .plan(new MaintenanceWindow.Plan(start, start.plusSeconds(60), "new indexes"), People.ANN);
            stage.database.execute("UPDATE reseal_window SET state = 'FINDINGS'");
            stage.rotation.events().schedule(EmergencyStage.TOKEN, true, "ann", "test");
            stage.database.execute(
                    "UPDATE reseal_event SET state = 'FAILED', open_for = NULL, ended_at = requested_at");
            Incident incident = stage.emergency();
            stage.rotation.alerts().raise(AlertKind.CLEANUP_RESULTS, AlertSubject.node("n"), "for information");
            assertThatThrownBy(() -> stage.keys.lifecycle().destroy(new KeyId(EmergencyStage.TOKEN, 1), "eve", "x"))
                    .isInstanceOf(RuntimeException.class);
            try (AlertDelivery delivery = AlertDelivery.open(stage.rotation, Map.of())) {
                delivery.deliver();
            }
            stage.database.execute(
                    "UPDATE reseal_notification SET sent_at = TIMESTAMP WITH TIME ZONE '2037-01-03 00:00:00+00'");

            assertThat(findings(reviews, Item.RISKS))
                    .contains(incident.toString())
                    .noneMatch(risk -> risk.contains("for information"));
            assertThat(findings(reviews, Item.DOCUMENTS))
                    .anyMatch(line -> line.startsWith("what was learnt from incident database_encryption/1"))
                    .anyMatch(line -> line.startsWith("what was learnt from kr_window_1"))
                    .anyMatch(line -> line.endsWith("1 rotations in this quarter, 1 failed"));
            assertThat(texts(reviews, Item.ACCESS))
                    .anyMatch(line -> line.startsWith("eve: 1 entries, 1 refused, the last at 2037-01-02"));
            assertThat(texts(reviews, Item.DRILLS))
                    .contains("no drill was ever attested", "log took a notice at 2037-01-03T00:00:00Z");
            reviews.attest("2037-Q1", Item.DRILLS, People.ANN, "rehearsed");

            stage.clock.set(Instant.parse("2037-04-01T00:00:00Z"));
            assertThat(findings(reviews, Item.DOCUMENTS)).isEmpty();
            assertThat(texts(reviews, Item.ACCESS)).noneMatch(line -> line.startsWith("eve"));
            assertThat(findings(reviews, Item.DRILLS))
                    .singleElement()
                    .asString()
                    .startsWith("no channel took a notice");
            stage.clock.set(Instant.parse("2037-07-01T00:00:00Z"));
            assertThat(findings(reviews, Item.DRILLS)).contains("the last drill was attested for 2037-Q1 by sso:1001");
            reviews.attest("2037-Q3", Item.DRILLS, People.BOB, "rehearsed again");
            assertThat(texts(reviews, Item.DRILLS)).contains("the last drill was attested for 2037-Q3 by sso:1002");
            stage.clock.set(Instant.parse("2037-01-04T00:00:00Z"));
            assertThat(texts(reviews, Item.ACCESS)).noneMatch(line -> line.startsWith("sso:1002"));
        }
    }

    private static List<String> texts(QuarterlyReviews reviews, Item item) {
        return reviews.check(item).stream().map(Line::text).toList();
    }

    @Test
    void policyChangesSayWhoWhenWhatAndWhy() throws Exception {
        Databases.TestDatabase database = Databases.POSTGRESQL.fresh();
        String setting = "reseal.policy.database_encryption.";
        try (KeyRegistry first = ResealKeys.open(settings(database, Map.of()), clock)) {
            first.ensureActive(EmergencyStage.DB);
            try (KeyRotation stronger =
                    open(database, Map.of(setting + "interval", "P90D", setting + "approvals", "3"))) {
                assertThat(stronger.reviews().policyChanges(Instant.EPOCH))
                        .extracting(
                                PolicyChange::by,
                                PolicyChange::keyType,
                                PolicyChange::term,
                                PolicyChange::before,
                                PolicyChange::after,
                                PolicyChange::reason)
                        .containsExactly(
                                tuple(
                                        "reseal",
                                        "database_encryption",
                                        "interval",
                                        "PT4320H",
                                        "PT2160H",
                                        "as configured"),
                                tuple("reseal", "database_encryption", "approvals", "2", "3", "as configured"));
            }
            try (KeyRotation weaker =
                    open(database, Map.of(setting + "interval", "P365D", setting + "approvals", "3"))) {
                assertThat(weaker.policies().waiting()).hasSize(1);
                assertThat(findings(weaker.reviews(), Item.POLICIES))
                        .containsAll(weaker.policies().waiting());
                GuardedOperation operation = weaker.policies().weakening(EmergencyStage.DB);
                ApprovalRequest request = weaker.approvals().request(operation, People.ANN, "auditors agree");
                ApprovalRequest unused = weaker.approvals().approve(request, People.BOB);
                weaker.weakenPolicy(EmergencyStage.DB, People.ANN, "auditors agree");
                List<PolicyChange> changes = weaker.reviews().policyChanges(Instant.EPOCH);
                assertThat(changes).hasSize(3);
                assertThat(weaker.reviews().policyChanges(clock.instant().plusSeconds(1)))
                        .isEmpty();
                assertThat(changes.get(2).toString())
                        .endsWith(
                                "interval of database_encryption from PT2160H to PT8760H by sso:1001 (auditors agree)");
                assertThat(findings(weaker.reviews(), Item.POLICIES))
                        .contains(
                                "database_encryption: every 365 days, grace 90 days, 3 people; other than recommended:"
                                        + " interval from PT4320H to PT8760H",
                                changes.get(2).toString());
            }
        }
    }
}
