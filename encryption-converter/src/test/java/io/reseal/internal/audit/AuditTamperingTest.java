package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.audit.AuditFinding;
import io.reseal.audit.AuditVerification;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AuditTamperingTest {

    private static final int CASES = 10_000;
    private static final int LOGS = 100;

    private final Random random = new Random(20260102);
    private final List<MemoryLog> logs = Stream.generate(() -> MemoryLog.random(random))
            .limit(LOGS)
            .filter(log -> !log.lines.isEmpty())
            .toList();

    @Test
    void aLogThatNobodyTouchedRaisesNoAlarm() {
        assertThat(logs).hasSize(LOGS).allSatisfy(log -> {
            AuditVerification found = log.verify();
            assertThat(found.findings()).isEmpty();
            assertThat(found.entries()).isEqualTo(log.entries.size());
        });
    }

    @Test
    void everyTamperingIsFoundAndNamed() {
        Map<Attack, Integer> found = new EnumMap<>(Attack.class);
        List<Attack> attacks = List.of(Attack.values());
        for (int i = 0; i < CASES; i++) {
            Attack attack = attacks.get(i % attacks.size());
            Tampered tampered = tampered(attack);
            List<AuditFinding> findings = tampered.after().verify().findings();
            assertThat(findings).as("case %d: %s", i, attack).isNotEmpty();
            assertThat(findings)
                    .allSatisfy(finding -> assertThat(tampered.names()).contains(finding.chain()));
            found.merge(attack, 1, Integer::sum);
        }
        assertThat(found).hasSize(attacks.size());
        assertThat(found.values()).allSatisfy(times -> assertThat(times).isGreaterThan(200));
    }

    private Tampered tampered(Attack attack) {
        while (true) {
            MemoryLog before = logs.get(random.nextInt(logs.size()));
            MemoryLog after = before.copy();
            attack.on(after, random);
            if (!after.isLike(before)) {
                return new Tampered(before, after);
            }
        }
    }

    private record Tampered(MemoryLog before, MemoryLog after) {

        /** Everything that a finding may name. */
        Set<String> names() {
            Set<String> names = new HashSet<>(Set.of("sink", Generations.KEY_STORE));
            for (MemoryLog log : List.of(before, after)) {
                log.chains.forEach(row -> names.add(row.chain()));
                log.entries.forEach(entry -> names.add(entry.head().chain()));
            }
            return names;
        }
    }
}
