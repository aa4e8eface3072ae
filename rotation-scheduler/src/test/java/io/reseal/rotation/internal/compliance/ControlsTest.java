package io.reseal.rotation.internal.compliance;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.StepReport.Standing;
import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ControlFinding.Result;
import io.reseal.rotation.internal.health.Connection.Protection;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ControlsTest {

    @ParameterizedTest
    @EnumSource
    void isMetWhereEverythingWasAsItShouldBe(Control control) {
        ControlFinding finding = new Scene().finding(control);
        assertThat(finding.result()).as(finding.reason()).isEqualTo(Result.MET);
        assertThat(finding.facts()).isNotEmpty();
        assertThat(finding.evidence()).isNotEmpty();
        assertThat(finding.at()).isEqualTo(new Scene().now);
    }

    private static Arguments broken(Control control, Consumer<Scene> fact, String reason) {
        return Arguments.of(control, fact, reason);
    }

    static Stream<Arguments> brokenFacts() {
        return Stream.of(
                broken(Control.SOC2_CC6_1, scene -> scene.approved.clear(), "without another person's approval"),
                broken(
                        Control.SOC2_CC6_1,
                        scene -> scene.keys.set(
                                1,
                                new KeyRow(
                                        "database_encryption",
                                        2,
                                        "ACTIVE",
                                        scene.keys.get(1).entered(),
                                        false,
                                        0)),
                        "without being wrapped: database_encryption version 2"),
                broken(Control.SOC2_CC6_1, scene -> scene.tampered = 1, "EDITED at c 3"),
                broken(
                        Control.SOC2_CC6_1,
                        scene -> {
                            scene.approved.clear();
                            policy(scene, 0);
                        },
                        "by sso:1001 without another"),
                broken(
                        Control.SOC2_CC6_7,
                        scene -> scene.links.add(Scene.link(Protection.IN_CLEAR, "in clear")),
                        "connection database of the key store: in clear"),
                broken(Control.SOC2_CC6_7, scene -> proof(scene, Optional.empty()), "without a proof"),
                broken(Control.SOC2_CC6_7, scene -> proof(scene, Optional.of(Scene.proof(1))), "without a proof"),
                broken(Control.SOC2_CC6_7, ControlsTest::materialLeft, "its material is in the key store"),
                broken(Control.SOC2_CC6_8, scene -> scene.tampered = 2, "found 2 places"),
                broken(
                        Control.SOC2_CC6_8,
                        scene -> scene.steps.removeIf(step -> step.action().equals("destroy")),
                        "version 1 became DESTROYED"),
                broken(
                        Control.SOC2_CC6_8,
                        scene -> scene.steps.set(
                                1,
                                new LogEvidence.Entry(
                                        Scene.DESTROYED,
                                        "eve",
                                        "recover",
                                        "keys",
                                        "",
                                        "database_encryption version 10")),
                        "version 1 became DESTROYED"),
                broken(
                        Control.SOC2_CC6_8,
                        scene -> scene.alerts.add(Scene.alert("KEY_STORE_TAMPERED", "CRITICAL", Optional.empty())),
                        "was not looked at for a day"),
                broken(
                        Control.ISO_A_10_1_2,
                        scene -> scene.keys.set(
                                1, Scene.key(2, "ACTIVE", Scene.END.minus(Duration.ofDays(226)), null, null)),
                        "at 125 % of its interval"),
                broken(Control.ISO_A_10_1_2, scene -> scene.policies.clear(), "no policy on record"),
                broken(
                        Control.ISO_A_10_1_2,
                        scene -> scene.policies.put(
                                "database_encryption", new RecordEvidence.Terms("P180D", "P90D", "", 9, 2)),
                        "10 encryptions reserved"),
                broken(
                        Control.ISO_A_12_3_1,
                        scene -> scene.drill = Optional.of(scene.now.minus(Duration.ofDays(93))),
                        "longer ago than a quarter"),
                broken(
                        Control.ISO_A_16_1_5,
                        scene -> scene.alerts.set(
                                0,
                                Scene.alert(
                                        "ROTATION_FAILED",
                                        "CRITICAL",
                                        Optional.of(Scene.BEGIN.plus(Duration.ofMinutes(91))))),
                        "within 1 h"),
                broken(
                        Control.ISO_A_16_1_5,
                        scene -> scene.alerts.add(Scene.alert("GRACE_OVER", "WARNING", Optional.empty())),
                        "within 24 h"),
                broken(
                        Control.ISO_A_16_1_5,
                        scene -> scene.incidents.add(Scene.incident(Standing.DONE_LATE)),
                        "PROVE_EMPTY is DONE_LATE"),
                broken(
                        Control.NIST_PR_DS_1,
                        scene -> scene.columns.add(new ColumnEvidence.Counted("note.title", 5, 4, Optional.empty())),
                        "1 of 5 values of note.title"),
                broken(
                        Control.NIST_PR_DS_2,
                        scene -> scene.links.add(Scene.link(Protection.IN_CLEAR, "in clear")),
                        "connection database of the key store: in clear"),
                broken(Control.NIST_DE_CM_1, scene -> scene.notices.put("DEAD", 1L), "1 notices did not reach"),
                broken(Control.NIST_DE_CM_1, scene -> scene.tasks.remove(0), "key_rotation_alerts has never begun"),
                broken(Control.NIST_DE_CM_1, scene -> late(scene, 0), "key_rotation_alerts has not begun for 1 h"),
                broken(
                        Control.NIST_DE_CM_1,
                        scene -> late(scene, 1),
                        "key_rotation_health_check has not begun for 24 h"),
                broken(Control.NIST_DE_CM_1, scene -> late(scene, 2), "key_usage_monitoring has not begun for 24 h"),
                broken(
                        Control.NIST_DE_CM_1,
                        scene -> scene.tasks.set(
                                2,
                                new WatchEvidence.TaskRow(
                                        ScheduledTask.KEY_USAGE_MONITORING.taskName(), scene.now, true, 1)),
                        "key_usage_monitoring failed the last time"),
                broken(
                        Control.NIST_RS_RP_1,
                        scene -> scene.drill = Optional.of(scene.now.minus(Duration.ofDays(93))),
                        "longer ago than a quarter"),
                broken(
                        Control.NIST_RS_RP_1,
                        scene -> scene.incidents.add(Scene.incident(Standing.OVERDUE)),
                        "PROVE_EMPTY was not done"));
    }

    static Stream<Arguments> whatIsNoFault() {
        return Stream.of(
                unbroken(Control.SOC2_CC6_1, scene -> {
                    scene.approved.clear();
                    policy(scene, 1);
                }),
                unbroken(Control.SOC2_CC6_1, scene -> {
                    scene.approved.clear();
                    neverUsed(scene);
                }),
                unbroken(Control.SOC2_CC6_1, scene -> {
                    scene.approved.clear();
                    scene.steps.set(1, Scene.step("destroy", Scene.OLD.toString(), "eve", Scene.BEGIN.minusSeconds(1)));
                }),
                unbroken(Control.SOC2_CC6_7, ControlsTest::neverUsed),
                unbroken(Control.SOC2_CC6_7, scene -> {
                    proof(scene, Optional.empty());
                    scene.policies.put(
                            "database_encryption", new RecordEvidence.Terms("P180D", "P90D", "P1D", 1_000, 2));
                }),
                unbroken(Control.ISO_A_10_1_2, scene -> {
                    KeyRow key = scene.keys.get(0);
                    scene.keys.set(0, new KeyRow(key.type(), 1, key.state(), key.entered(), false, 1_001));
                }));
    }

    private static Arguments unbroken(Control control, Consumer<Scene> fact) {
        return Arguments.of(control, fact);
    }

    private static void neverUsed(Scene scene) {
        KeyRow key = scene.keys.get(0);
        KeyRow.Entered entered = new KeyRow.Entered(
                key.entered().created(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                key.entered().destroyed());
        scene.keys.set(0, new KeyRow(key.type(), 1, key.state(), entered, false, 0));
        scene.destroyed.set(0, new Facts.Destroyed(scene.keys.get(0), Optional.empty(), List.of()));
    }

    @ParameterizedTest
    @MethodSource("whatIsNoFault")
    void isMetWhereNothingMoreIsAskedFor(Control control, Consumer<Scene> fact) {
        Scene scene = new Scene();
        fact.accept(scene);
        assertThat(scene.finding(control).result())
                .as(scene.finding(control).reason())
                .isEqualTo(Result.MET);
    }

    private static void late(Scene scene, int task) {
        WatchEvidence.TaskRow row = scene.tasks.get(task);
        scene.tasks.set(task, new WatchEvidence.TaskRow(row.task(), scene.now.minus(Duration.ofDays(2)), false, 0));
    }

    private static void policy(Scene scene, int approvals) {
        scene.policies.put("database_encryption", new RecordEvidence.Terms("P180D", "P90D", "", 1_000, approvals));
    }

    private static void proof(Scene scene, Optional<ProofEvidence.Proved> proof) {
        scene.destroyed.set(0, new Facts.Destroyed(scene.keys.get(0), proof, List.of()));
    }

    private static void materialLeft(Scene scene) {
        KeyRow key = scene.keys.get(0);
        KeyRow kept = new KeyRow(key.type(), key.version(), key.state(), key.entered(), true, 0);
        scene.destroyed.set(0, new Facts.Destroyed(kept, Optional.of(Scene.proof(0)), List.of()));
    }

    @ParameterizedTest
    @MethodSource("brokenFacts")
    void isNotMetWhereAFactIsBroken(Control control, Consumer<Scene> fact, String reason) {
        Scene scene = new Scene();
        fact.accept(scene);
        ControlFinding finding = scene.finding(control);
        assertThat(finding.result()).as(finding.reason()).isEqualTo(Result.NOT_MET);
        assertThat(finding.reason()).contains(reason);
    }

    @Test
    void everyControlIsAmongThoseWithABrokenFact() {
        Set<Control> broken =
                brokenFacts().map(arguments -> (Control) arguments.get()[0]).collect(Collectors.toSet());
        assertThat(broken).isEqualTo(EnumSet.allOf(Control.class));
    }

    /** Without keys, values, attestations, incidents and alerts there is nothing to judge by; that nobody looks is a fact. */
    @Test
    void isNotAssessedWhereThereIsNoFact() {
        Scene scene = new Scene();
        scene.keys.clear();
        scene.destroyed.clear();
        scene.steps.clear();
        scene.columns.clear();
        scene.links.clear();
        scene.alerts.clear();
        scene.drill = Optional.empty();
        assertThat(Arrays.stream(Control.values())
                        .filter(control -> scene.finding(control).result() == Result.NOT_ASSESSED))
                .containsExactlyInAnyOrderElementsOf(EnumSet.complementOf(EnumSet.of(Control.NIST_DE_CM_1)));
        assertThat(Arrays.stream(Control.values())
                        .map(control -> scene.finding(control).reason()))
                .doesNotContain("");
    }

    @Test
    void aColumnThatCouldNotBeCountedIsNotTakenForSealed() {
        Scene scene = new Scene();
        scene.columns.add(new ColumnEvidence.Counted("gone.body", 0, 0, Optional.of("SQL state 42P01")));
        ControlFinding finding = scene.finding(Control.NIST_PR_DS_1);
        assertThat(finding.result()).isEqualTo(Result.NOT_ASSESSED);
        assertThat(finding.reason()).contains("gone.body (SQL state 42P01)");
    }

    @Test
    void aDestructionThatThePolicyLeavesToTheCleanupNeedsNobody() {
        Scene scene = new Scene();
        scene.approved.clear();
        policy(scene, 0);
        scene.steps.set(1, Scene.step("destroy", "database_encryption version 1", "reseal", Scene.DESTROYED));
        assertThat(scene.finding(Control.SOC2_CC6_1).result()).isEqualTo(Result.MET);
    }

    @Test
    void anIncidentThatIsWorkedOffStandsForADrill() {
        Scene scene = new Scene();
        scene.drill = Optional.empty();
        scene.incidents.add(Scene.incident(Standing.OPEN));
        assertThat(scene.finding(Control.NIST_RS_RP_1).result()).isEqualTo(Result.NOT_ASSESSED);
        scene.incidents.add(Scene.incident(Standing.DONE_IN_TIME));
        assertThat(scene.finding(Control.NIST_RS_RP_1).result()).isEqualTo(Result.MET);
        assertThat(scene.finding(Control.ISO_A_16_1_5).result()).isEqualTo(Result.MET);
    }

    @Test
    void aConnectionOfWhichNothingIsKnownIsNotTakenForProtected() {
        Scene scene = new Scene();
        scene.links.add(Scene.link(Protection.UNKNOWN, "nobody knows"));
        for (Control control : List.of(Control.SOC2_CC6_7, Control.NIST_PR_DS_2)) {
            assertThat(scene.finding(control).result()).isEqualTo(Result.NOT_ASSESSED);
            assertThat(scene.finding(control).reason()).contains("nobody knows");
            assertThat(scene.finding(control).evidence()).contains("pg_stat_ssl", LinkEvidence.SQL);
        }
    }
}
