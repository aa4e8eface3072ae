package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPolicyTest {

    private static final Instant THEN = Instant.parse("2026-01-02T03:04:05.000006Z");
    private static final KeyPolicy COLUMNS = KeyPolicies.standard().of(KeyType.DATABASE_ENCRYPTION);
    private static final KeyPolicy SESSIONS = KeyPolicies.standard().of(KeyType.SESSION_ENCRYPTION);
    private static final Duration TICK = Duration.ofNanos(1);

    @ParameterizedTest
    @CsvSource({
        "token_encryption, P90D, P30D, HIGH, 2",
        "database_encryption, P180D, P90D, CRITICAL, 2",
        "file_encryption, P365D, P180D, MEDIUM, 2",
        "session_encryption, P30D, P7D, HIGH, 0",
        "api_signature, P90D, P30D, HIGH, 0"
    })
    void theManualsPoliciesAreTheDefaults(
            String type, Duration interval, Duration grace, KeyPriority priority, int approvals) {
        KeyPolicy policy = KeyPolicies.standard().of(KeyTypes.standard().named(type));
        assertThat(policy.interval()).isEqualTo(interval);
        assertThat(policy.grace()).isEqualTo(grace);
        assertThat(policy.priority()).isEqualTo(priority);
        assertThat(policy.usageLimit()).isEqualTo(3_865_470_566L).isEqualTo((1L << 32) * 9 / 10);
        assertThat(policy.approvals()).isEqualTo(approvals);
    }

    @Test
    void onlySessionsAndSignaturesEndByTime() {
        assertThat(KeyPolicies.standard().all())
                .filteredOn(policy -> policy.graceEnd() instanceof GraceEnd.Expiry)
                .extracting(KeyPolicy::type)
                .containsExactly(KeyType.SESSION_ENCRYPTION, KeyType.API_SIGNATURE);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, P1D, 5, 2, interval",
        "P-1D, P1D, 5, 2, interval",
        "P1D, PT0S, 5, 2, grace",
        "P1D, PT-1S, 5, 2, grace",
        "P730DT1S, P1D, 5, 2, 800-57",
        "P1D, P1D, 0, 2, usage-limit",
        "P1D, P1D, -1, 2, usage-limit",
        "P1D, P1D, 3865470567, 2, usage-limit",
        "P1D, P1D, 5, -1, approvals"
    })
    void aContradictionIsRefusedWithItsReason(
            Duration interval, Duration grace, long usage, int approvals, String reason) {
        assertThatThrownBy(() -> new KeyPolicy(
                        KeyType.DATABASE_ENCRYPTION,
                        interval,
                        grace,
                        KeyPriority.HIGH,
                        new GraceEnd.Proof(),
                        usage,
                        approvals))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("database_encryption", reason);
    }

    @Test
    void theLimitsThemselvesAreAllowed() {
        KeyPolicy policy = new KeyPolicy(
                KeyType.SESSION_ENCRYPTION,
                KeyPolicy.MAX_INTERVAL,
                Duration.ofDays(7),
                KeyPriority.HIGH,
                new GraceEnd.Expiry(Duration.ofDays(7)),
                KeyPolicy.MAX_USAGE,
                0);
        assertThat(policy.interval()).isEqualTo(Duration.ofDays(730));
    }

    @Test
    void graceCoversTheLifetimeOfWhatIsNeverReencrypted() {
        assertThatThrownBy(() -> expiring(Duration.ofDays(7).minus(TICK), Duration.ofDays(7)))
                .hasMessageContainingAll("session_encryption", "grace", "PT168H", "declare the lifetime");
        assertThatThrownBy(() -> expiring(Duration.ofDays(7), Duration.ZERO)).hasMessageContaining("lifetime");
        assertThat(expiring(Duration.ofDays(7), Duration.ofDays(7)).grace()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void aVersionIsDueToTheTickWhenItsIntervalIsOver() {
        Instant due = THEN.plus(COLUMNS.interval());
        assertThat(COLUMNS.due(active(), 0, due.minus(TICK))).isEqualTo(new Due.NotYet(due));
        assertThat(COLUMNS.due(active(), 0, due)).isEqualTo(new Due.ByAge(due)).matches(Due::isDue);
    }

    @Test
    void aVersionIsDueByUsageWhateverTheCalendarSays() {
        assertThat(COLUMNS.due(active(), KeyPolicy.MAX_USAGE - 1, THEN).isDue()).isFalse();
        assertThat(COLUMNS.due(active(), KeyPolicy.MAX_USAGE, THEN))
                .isEqualTo(new Due.ByUsage(KeyPolicy.MAX_USAGE, KeyPolicy.MAX_USAGE))
                .matches(Due::isDue);
    }

    @Test
    void aClockThatWentBackMakesNothingDue() {
        Instant past = THEN.minus(Duration.ofDays(10_000));
        assertThat(COLUMNS.due(active(), 0, past).isDue()).isFalse();
        assertThat(COLUMNS.age(active(), past)).isZero();
        assertThat(COLUMNS.grace(retired(), past)).isInstanceOf(Grace.Running.class);
    }

    @Test
    void onlyAnActiveVersionIsDue() {
        Instant late = THEN.plus(Duration.ofDays(10_000));
        assertThat(COLUMNS.due(created(), KeyPolicy.MAX_USAGE, late)).isEqualTo(new Due.NotActive());
        assertThat(COLUMNS.due(retired(), KeyPolicy.MAX_USAGE, late)).isEqualTo(new Due.NotActive());
        assertThat(COLUMNS.age(created(), late)).isZero();
    }

    @Test
    void ageIsCountedInIntervals() {
        assertThat(COLUMNS.age(active(), THEN.plus(COLUMNS.interval()))).isEqualTo(1);
        assertThat(COLUMNS.age(
                        active(), THEN.plus(COLUMNS.interval().multipliedBy(3).dividedBy(2))))
                .isEqualTo(1.5);
    }

    @Test
    void theGraceOfColumnsEndsOnlyWithTheProofAndThatOfSessionsByTime() {
        Instant end = THEN.plus(COLUMNS.grace());
        assertThat(COLUMNS.grace(active(), end)).isEqualTo(new Grace.NotBegun());
        assertThat(COLUMNS.grace(retired(), end.minus(TICK))).isEqualTo(new Grace.Running(end));
        assertThat(COLUMNS.grace(retired(), end)).isEqualTo(new Grace.AwaitsProof(end));
        assertThat(COLUMNS.grace(retired(), end.plus(Duration.ofDays(10_000)))).isEqualTo(new Grace.AwaitsProof(end));
        Instant expired = THEN.plus(SESSIONS.grace());
        assertThat(SESSIONS.grace(retired(), expired.minus(TICK))).isEqualTo(new Grace.Running(expired));
        assertThat(SESSIONS.grace(retired(), expired)).isEqualTo(new Grace.Over(expired));
    }

    static Stream<Arguments> weaker() {
        return Stream.of(
                weaker("interval", p -> copy(p, p.interval().plus(TICK), p.grace(), p.usageLimit(), p.approvals())),
                weaker("grace", p -> copy(p, p.interval(), p.grace().plus(TICK), p.usageLimit(), p.approvals())),
                weaker("usage limit", p -> copy(p, p.interval(), p.grace(), p.usageLimit() + 1, p.approvals())),
                weaker("approvals", p -> copy(p, p.interval(), p.grace(), p.usageLimit(), p.approvals() - 1)),
                weaker(
                        "priority",
                        p -> new KeyPolicy(
                                p.type(),
                                p.interval(),
                                p.grace(),
                                KeyPriority.MEDIUM,
                                p.graceEnd(),
                                p.usageLimit(),
                                p.approvals())),
                weaker(
                        "end of grace",
                        p -> new KeyPolicy(
                                p.type(),
                                p.interval(),
                                p.grace(),
                                p.priority(),
                                new GraceEnd.Expiry(Duration.ofDays(1)),
                                p.usageLimit(),
                                p.approvals())));
    }

    @ParameterizedTest
    @MethodSource("weaker")
    void whatWeakensIsNamedAndItsReverseIsNone(String what, UnaryOperator<KeyPolicy> change) {
        for (GraceEnd end : List.of(new GraceEnd.Proof(), new GraceEnd.Expiry(Duration.ofDays(2)))) {
            KeyPolicy before = new KeyPolicy(
                    KeyType.SESSION_ENCRYPTION,
                    Duration.ofDays(30),
                    Duration.ofDays(7),
                    KeyPriority.HIGH,
                    end,
                    1000,
                    2);
            KeyPolicy after = change.apply(before);
            assertThat(after.weakens(before)).singleElement().asString().startsWith(what + " from ");
            boolean isOtherEnd = what.equals("end of grace") && end instanceof GraceEnd.Proof;
            assertThat(before.weakens(after)).hasSize(what.equals("grace") || isOtherEnd ? 1 : 0);
            assertThat(before.weakens(before)).isEmpty();
        }
    }

    /** A shorter one lets a key be destroyed earlier, whatever else ends it. */
    @Test
    void aShorterGraceWeakens() {
        KeyPolicy shorter = expiring(Duration.ofDays(6), Duration.ofDays(5));
        KeyPolicy before = expiring(Duration.ofDays(7), Duration.ofDays(5));
        assertThat(shorter.weakens(before)).containsExactly("grace from PT168H to PT144H");
        KeyPolicy columns = copy(COLUMNS, COLUMNS.interval(), Duration.ofDays(1), 5, 2);
        assertThat(columns.weakens(COLUMNS)).containsExactly("grace from PT2160H to PT24H");
    }

    /** By proof, a compromised key need not wait for the end of its grace. */
    @Test
    void aProofInThePlaceOfTimeWeakens() {
        KeyPolicy byTime = expiring(Duration.ofDays(7), Duration.ofDays(5));
        KeyPolicy byProof = new KeyPolicy(
                byTime.type(), byTime.interval(), byTime.grace(), byTime.priority(), new GraceEnd.Proof());
        assertThat(byProof.weakens(byTime)).singleElement().asString().startsWith("end of grace from");
        assertThat(byTime.weakens(byProof)).singleElement().asString().startsWith("end of grace from");
    }

    @ParameterizedTest
    @ValueSource(strings = {"token_encryption", "database_encryption", "file_encryption"})
    void nothingThatIsReencryptedEndsByTime(String type) {
        assertThatThrownBy(() -> new KeyPolicy(
                        KeyTypes.standard().named(type),
                        Duration.ofDays(30),
                        Duration.ofDays(7),
                        KeyPriority.HIGH,
                        new GraceEnd.Expiry(Duration.ofDays(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(type, "grace would end by time", "proof");
    }

    @Test
    void graceHasAnEndThatNoCalendarOverflows() {
        for (Duration longer : List.of(KeyPolicy.MAX_GRACE.plus(TICK), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatThrownBy(() -> copy(COLUMNS, COLUMNS.interval(), longer, 5, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("database_encryption", "grace is " + longer, "800-57");
        }
        KeyPolicy longest = copy(COLUMNS, COLUMNS.interval(), KeyPolicy.MAX_GRACE, 5, 2);
        assertThat(longest.grace(retired(), THEN)).isEqualTo(new Grace.Running(THEN.plus(KeyPolicy.MAX_GRACE)));
    }

    @Test
    void policiesOfTwoKeyTypesAreNotCompared() {
        assertThatThrownBy(() -> COLUMNS.weakens(SESSIONS)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Arguments weaker(String what, UnaryOperator<KeyPolicy> change) {
        return Arguments.of(what, change);
    }

    private static KeyPolicy copy(KeyPolicy p, Duration interval, Duration grace, long usage, int approvals) {
        return new KeyPolicy(p.type(), interval, grace, p.priority(), p.graceEnd(), usage, approvals);
    }

    private static KeyPolicy expiring(Duration grace, Duration lifetime) {
        return new KeyPolicy(
                KeyType.SESSION_ENCRYPTION,
                Duration.ofDays(30),
                grace,
                KeyPriority.HIGH,
                new GraceEnd.Expiry(lifetime));
    }

    private static KeyVersion created() {
        return KeyVersion.created(new KeyId(KeyType.DATABASE_ENCRYPTION, 1), THEN);
    }

    private static KeyVersion active() {
        return created().moved(KeyState.ACTIVE, THEN);
    }

    private static KeyVersion retired() {
        return active().moved(KeyState.DEACTIVATED, THEN);
    }
}
