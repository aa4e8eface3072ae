package io.reseal.rotation.health;

import io.reseal.rotation.Health;
import io.reseal.rotation.alert.AlertSeverity;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What all checks of {@link Health} saw at one moment.
 *
 * @param at by the clock that rotations are dated by; by this node's if the database did not answer
 * @param findings the most urgent first, and what is well at the end
 */
public record HealthReport(Instant at, List<HealthFinding> findings) {

    private static final Comparator<HealthFinding> MOST_URGENT_FIRST = Comparator.comparingInt(
            finding -> finding.level().map(Enum::ordinal).orElse(AlertSeverity.values().length));

    public HealthReport {
        findings = findings.stream().sorted(MOST_URGENT_FIRST).toList();
    }

    /** How soon somebody has to look; empty if all is well. */
    public Optional<AlertSeverity> worst() {
        return findings.stream().flatMap(finding -> finding.level().stream()).findFirst();
    }

    /** What is not well. */
    public List<HealthFinding> bad() {
        return findings.stream().filter(finding -> finding.alert().isPresent()).toList();
    }

    /** What one check saw. */
    public List<HealthFinding> of(HealthFinding.Check check) {
        return findings.stream().filter(finding -> finding.check() == check).toList();
    }

    /** On one line: how much of it is how urgent, for example {@code 1 critical, 2 warning, 9 well}. */
    public String summary() {
        Stream<String> levels = Stream.of(AlertSeverity.values())
                .filter(level -> count(level) > 0)
                .map(level -> count(level) + " " + level.name().toLowerCase(Locale.ROOT));
        return String.join(
                ", ",
                Stream.concat(levels, Stream.of((findings.size() - bad().size()) + " well"))
                        .toList());
    }

    private long count(AlertSeverity level) {
        return findings.stream()
                .filter(finding -> finding.level().equals(Optional.of(level)))
                .count();
    }
}
