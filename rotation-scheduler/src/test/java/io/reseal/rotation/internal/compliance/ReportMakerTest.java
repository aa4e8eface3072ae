package io.reseal.rotation.internal.compliance;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.testing.Databases;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReportMakerTest {

    private static final String EVIL = "<script>alert('x')</script> & \"more\"";

    private static ReportDocument report(Scene scene, String reason) {
        ReportPeriod january = ReportPeriod.of(YearMonth.of(2037, 1));
        return new ReportMaker(Databases.H2.fresh().settings())
                .make(new ReportMaker.Order("kr_report_2037-01", january, "sso:1001", reason), scene.facts());
    }

    private static ReportDocument report(Scene scene) {
        return report(scene, "audit");
    }

    private static ReportDocument.PolicyAdherence adherence(Scene scene) {
        return report(scene).policyAdherence().get(0);
    }

    @Test
    void aMonthIsHalfOpenAndInUtc() {
        ReportPeriod january = ReportPeriod.of(YearMonth.of(2037, 1));
        assertThat(january.from()).isEqualTo("2037-01-01T00:00:00Z");
        assertThat(january.contains(january.from())).isTrue();
        assertThat(january.contains(january.to().minusNanos(1))).isTrue();
        assertThat(january.contains(january.to())).isFalse();
        assertThat(january.month()).contains(YearMonth.of(2037, 1));
        assertThat(new ReportPeriod(january.from(), january.to().plusNanos(1)).month())
                .isEmpty();
    }

    @Test
    void overdueTimeIsCountedFromTheDueDateToTheReplacementWithinThePeriod() {
        Scene scene = new Scene();
        Instant due = Scene.BEGIN.plus(Duration.ofDays(10));
        scene.keys.clear();
        scene.keys.add(
                Scene.key(1, "DEACTIVATED", due.minus(Duration.ofDays(180)), due.plus(Duration.ofHours(5)), null));
        scene.keys.add(Scene.key(2, "ACTIVE", due.plus(Duration.ofHours(5)), null, null));
        ReportDocument.PolicyAdherence line = adherence(scene);
        assertThat(line.overdueHours()).isEqualTo(5.0);
        assertThat(line.activeVersion()).contains(2);
        assertThat(line.ageHours()).contains(20 * 24 + 19.0);
        assertThat(line.nextDue()).contains(due.plus(Duration.ofHours(5)).plus(Duration.ofDays(180)));
        assertThat(line.greatestAgePercent()).contains(100L);
    }

    @Test
    void whatWasOverdueBeforeAndAfterThePeriodIsNotCounted() {
        Scene scene = new Scene();
        scene.keys.clear();
        scene.keys.add(Scene.key(1, "ACTIVE", Scene.BEGIN.minus(Duration.ofDays(200)), null, null));
        assertThat(adherence(scene).overdueHours()).isEqualTo(31 * 24.0);
        scene.now = Scene.BEGIN.plus(Duration.ofDays(1));
        assertThat(adherence(scene).overdueHours()).isEqualTo(24.0);
    }

    @Test
    void theSuccessRateIsOfThoseThatEndedInThePeriod() {
        Scene scene = new Scene();
        assertThat(report(scene).rotations().successRate()).isEmpty();
        scene.events.add(event("COMPLETED", Scene.BEGIN));
        scene.events.add(event("COMPLETED", Scene.END));
        scene.events.add(event("FAILED", Scene.END.minusNanos(1)));
        scene.events.add(event("CANCELLED", Scene.BEGIN));
        ReportDocument.Rotations rotations = report(scene).rotations();
        assertThat(rotations.ended()).isEqualTo(2);
        assertThat(rotations.successRate()).contains(0.5);
        assertThat(rotations.failed()).isOne();
        assertThat(rotations.cancelled()).isOne();
        assertThat(rotations.events().get(0).durationSeconds()).contains(60L);
        assertThat(rotations.events().get(0).trigger()).isEqualTo("policy");
    }

    private static RotationEvidence.EventRow event(String state, Instant ended) {
        return new RotationEvidence.EventRow(
                "kr_event_1",
                "database_encryption",
                state,
                1,
                Optional.of(2),
                new RotationEvidence.Request("reseal", "daily check", false),
                new RotationEvidence.Course(
                        ended.minusSeconds(90), Optional.of(ended.minusSeconds(60)), Optional.of(ended)),
                new RotationEvidence.Work(7, 0, 1, Optional.empty()));
    }

    @Test
    void tellsWhatIsLeftOfADestroyedKeyAndWhenItsLastCopyIsGone() {
        ReportDocument.DestroyedKey key = report(new Scene()).destroyedKeys().get(0);
        assertThat(key.materialErased()).isTrue();
        assertThat(key.erasedEffectiveAt()).contains(Scene.DESTROYED.plus(Duration.ofDays(30)));
        assertThat(key.proof().orElseThrow().valuesLeft()).isZero();
    }

    @Test
    void eachRecommendationNamesAFact() {
        Scene scene = new Scene();
        scene.tampered = 1;
        scene.keys.set(1, Scene.key(2, "ACTIVE", Scene.BEGIN.minus(Duration.ofDays(200)), null, null));
        assertThat(report(scene).recommendations())
                .extracting(ReportDocument.Recommendation::fact)
                .contains("database_encryption was overdue for 744.0 h", "1 places are not as they were written")
                .doesNotContain("");
    }

    @Test
    void timesToAcknowledgementAreMeasured() {
        ReportDocument.SeverityLine critical =
                report(new Scene()).alerts().bySeverity().get(0);
        assertThat(critical.raised()).isOne();
        assertThat(critical.medianSecondsToAcknowledgement()).contains(3_000L);
    }

    @Test
    void readsWhatItHasWrittenUnderNamesThatStay() {
        ReportDocument report = report(new Scene());
        String json = ReportJson.text(report);
        assertThat(ReportJson.read(json)).isEqualTo(report);
        assertThat(json)
                .startsWith("{\n  \"report_id\" : \"kr_report_2037-01\"".replace("\n", System.lineSeparator()))
                .contains("\"policy_adherence\"", "\"overdue_hours\"", "\"next_due\"", "\"success_rate\" : null")
                .contains("\"erased_effective_at\" : \"2037-02-20T00:00:00Z\"", "\"official_title\"", "\"audit_log\"");
    }

    @Test
    void thePageHoldsNoMarkupOfOthersAndTellsItsChartsInWords() {
        String page = new ReportHtml(report(new Scene(), EVIL)).page();
        assertThat(page)
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;")
                .doesNotContain("<script", "javascript:", "http-equiv=\"refresh\"", "src=", "href=")
                .contains("default-src 'none'", "role=\"img\"", "<desc>database_encryption: 28 %</desc>")
                .contains("support evidence for")
                .doesNotContainIgnoringCase("compliant");
    }

    @Test
    void whatIsBeyondTheMarkIsHatched() {
        Scene scene = new Scene();
        assertThat(new ReportHtml(report(scene)).page()).doesNotContain("stroke=\"#fff\"");
        scene.keys.set(1, Scene.key(2, "ACTIVE", Scene.BEGIN.minus(Duration.ofDays(200)), null, null));
        assertThat(new ReportHtml(report(scene)).page()).contains("stroke=\"#fff\"");
    }

    @Test
    void theCsvHasALineForEachValueAndNoFormula() throws IOException {
        StringWriter csv = new StringWriter();
        ReportCsv.write(ReportJson.text(report(new Scene(), "=HYPERLINK(1)")), csv);
        assertThat(csv.toString().split("\r\n"))
                .startsWith("\"section\",\"item\",\"field\",\"value\"")
                .contains(
                        "\"reason\",\"\",\"\",\"'=HYPERLINK(1)\"",
                        "\"period\",\"\",\"month\",\"2037-01\"",
                        "\"policy_adherence\",\"1\",\"key_type\",\"database_encryption\"",
                        "\"destroyed_keys\",\"1\",\"proof.values_left\",\"0\"",
                        "\"controls\",\"1\",\"result\",\"MET\"");
    }
}
