package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyPoliciesTest {

    private static final KeyType INVOICES = new KeyType("invoices", 16, "inv");
    private static final KeyTypes TYPES = KeyTypes.standard().with(INVOICES);
    private static final KeyPolicy OWN =
            new KeyPolicy(INVOICES, Duration.ofDays(20), Duration.ofDays(5), KeyPriority.MEDIUM, new GraceEnd.Proof());

    @Test
    void withoutSettingsTheStandardHolds() {
        assertThat(KeyPolicies.standard()
                        .changedBy(Map.of("reseal.keystore", "jdbc"), KeyTypes.standard())
                        .all())
                .isEqualTo(KeyPolicies.standard().all());
    }

    @Test
    void everySettingOfAPolicyIsRead() {
        KeyPolicies policies = from(
                Map.of(
                        "reseal.policy.session_encryption.interval", "P10D",
                        "reseal.policy.session_encryption.grace", Duration.ofDays(2),
                        "reseal.policy.session_encryption.priority", "critical",
                        "reseal.policy.session_encryption.lifetime", " PT12H ",
                        "reseal.policy.session_encryption.usage-limit", "1000000",
                        "reseal.policy.session_encryption.approvals", 0),
                TYPES);
        assertThat(policies.of(KeyType.SESSION_ENCRYPTION))
                .isEqualTo(new KeyPolicy(
                        KeyType.SESSION_ENCRYPTION,
                        Duration.ofDays(10),
                        Duration.ofDays(2),
                        KeyPriority.CRITICAL,
                        new GraceEnd.Expiry(Duration.ofHours(12)),
                        1_000_000,
                        0));
        assertThat(policies.of(KeyType.TOKEN_ENCRYPTION))
                .isEqualTo(KeyPolicies.standard().of(KeyType.TOKEN_ENCRYPTION));
    }

    @Test
    void anOwnKeyTypeGetsAPolicyByCodeOrBySettings() {
        assertThat(KeyPolicies.standard().with(OWN).of(INVOICES)).isEqualTo(OWN);
        assertThat(KeyPolicies.standard()
                        .changedBy(
                                Map.of(
                                        "reseal.policy.invoices.interval", "P20D",
                                        "reseal.policy.invoices.grace", "P5D",
                                        "reseal.policy.invoices.priority", "medium"),
                                TYPES)
                        .of(INVOICES))
                .isEqualTo(OWN);
        assertThatThrownBy(() -> KeyPolicies.standard().of(INVOICES)).hasMessageContaining("reseal.policy.invoices");
    }

    @ParameterizedTest
    @CsvSource({
        "reseal.policy.sessions.interval, P1D, names no key type",
        "reseal.policy.invoices.grace, P0D, must be positive",
        "reseal.policy.token_encryption.intervall, P1D, is unknown. Known for a key type: [interval",
        "reseal.policy.token_encryption, P1D, is unknown",
        "reseal.policy.token_encryption.interval, 90 days, use an ISO-8601 duration",
        "reseal.policy.token_encryption.interval, P731D, two years at most",
        "reseal.policy.token_encryption.interval, PT0S, must be positive",
        "reseal.policy.token_encryption.grace, P-1D, must be positive",
        "reseal.policy.token_encryption.priority, urgent, 'use one of [critical, high, medium]'",
        "reseal.policy.token_encryption.lifetime, P1D, has no meaning",
        "reseal.policy.token_encryption.usage-limit, many, use a whole number",
        "reseal.policy.token_encryption.usage-limit, 4294967296, nine tenths",
        "reseal.policy.token_encryption.approvals, -1, must not be negative",
        "reseal.policy.session_encryption.grace, P6D, cannot be re-encrypted",
        "reseal.policy.session_encryption.lifetime, P8D, cannot be re-encrypted"
    })
    void aWrongSettingIsRefusedByName(String name, String value, String reason) {
        assertThatThrownBy(() -> from(Map.of(name, value), TYPES))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining(reason)
                .hasMessageContaining("reseal.policy.");
    }

    @Test
    void anOwnKeyTypeWithoutAPolicyIsRefused() {
        assertThatThrownBy(() -> KeyPolicies.standard().changedBy(Map.of(), TYPES))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("policy.invoices.interval is missing", "invoices.grace", "invoices.priority");
    }

    @Test
    void allProblemsAreInOneReport() {
        assertThatThrownBy(() -> from(
                        Map.of(
                                "reseal.policy.token_encryption.interval", "P3650D",
                                "reseal.policy.token_encryption.grce", "P3D",
                                "reseal.policy.nobody.grace", "P3D"),
                        TYPES))
                .hasMessageContainingAll("two years", "grce", "nobody");
    }

    @Test
    void anOwnKeyTypeTakesNothingThatIsTaken() {
        assertThat(TYPES.named("invoices")).isEqualTo(INVOICES);
        assertThat(TYPES.withCode(16)).contains(INVOICES);
        assertThatThrownBy(() -> KeyTypes.standard().with(new KeyType("low", 15, "low")))
                .hasMessageContaining("reserved");
        assertThatThrownBy(() -> TYPES.with(new KeyType("invoices", 17, "x"))).hasMessageContaining("another");
        assertThatThrownBy(() -> TYPES.with(new KeyType("other", 16, "x"))).hasMessageContaining("another");
        assertThatThrownBy(() -> TYPES.with(new KeyType("other", 17, "inv"))).hasMessageContaining("another");
    }

    private static KeyPolicies from(Map<String, ?> settings, KeyTypes types) {
        return KeyPolicies.standard().with(OWN).changedBy(settings, types);
    }
}
