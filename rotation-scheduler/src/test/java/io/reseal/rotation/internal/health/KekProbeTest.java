package io.reseal.rotation.internal.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.testing.Databases;
import io.reseal.testing.FaultyKek;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class KekProbeTest {

    @Test
    void aKekThatHangsHoldsNobodyUpAndIsNotAskedAgainMeanwhile() {
        FaultyKek kek = new FaultyKek(new TestKek("hsm-7"));
        ResealSettings settings = Databases.H2.fresh().settings(Map.of(ResealSettings.KEK, kek));
        try (KeyRegistry keys = ResealKeys.open(settings, TestClock.standing())) {
            keys.ensureActive(KeyType.DATABASE_ENCRYPTION);
            KekProbe probe = new KekProbe(keys, Duration.ofSeconds(1));
            kek.hang();
            assertThat(probe.at(Instant.EPOCH))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.alert()).contains(AlertKind.KEK_UNAVAILABLE))
                    .satisfies(finding -> assertThat(finding.observed()).isEqualTo("no answer within PT1S"));
            long asking = threads();
            assertThat(probe.at(Instant.EPOCH)).hasSize(1);
            assertThat(threads()).isEqualTo(asking).isPositive();
            kek.recover();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> probe.at(Instant.EPOCH).stream()
                            .allMatch(finding -> finding.alert().isEmpty()));
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("reseal-kek-probe"))
                .count();
    }
}
