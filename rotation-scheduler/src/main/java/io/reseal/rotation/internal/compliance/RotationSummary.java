package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.internal.compliance.RotationEvidence.EventRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The rotations of a period in numbers. */
final class RotationSummary {

    private static final String SYSTEM = "reseal";

    private RotationSummary() {}

    static ReportDocument.Rotations of(Facts facts) {
        List<EventRow> events = facts.work().events();
        long completed = ended(facts, "COMPLETED");
        long failed = ended(facts, "FAILED");
        long ended = completed + failed;
        return new ReportDocument.Rotations(
                events.stream()
                        .filter(event -> facts.period().contains(event.course().requested()))
                        .count(),
                completed,
                failed,
                ended(facts, "CANCELLED"),
                events.stream()
                        .filter(event -> event.course().ended().isEmpty())
                        .count(),
                events.stream().filter(event -> event.request().forced()).count(),
                facts.response().incidents().stream()
                        .filter(incident ->
                                facts.period().contains(incident.incident().openedAt()))
                        .count(),
                ended,
                ended == 0 ? Optional.empty() : Optional.of(Math.round(completed * 10_000.0 / ended) / 10_000.0),
                facts.keys().rows().stream()
                        .filter(key -> isSuccessor(facts, key))
                        .count(),
                facts.work().reencrypted(),
                events.stream().map(RotationSummary::line).toList());
    }

    /** In the period: an event that ended later is of a later one. */
    private static long ended(Facts facts, String state) {
        return facts.work().events().stream()
                .filter(event -> event.state().equals(state))
                .filter(event ->
                        event.course().ended().filter(facts.period()::contains).isPresent())
                .count();
    }

    private static boolean isSuccessor(Facts facts, KeyRow key) {
        return key.version() > 1
                && key.entered().activated().filter(facts.period()::contains).isPresent();
    }

    private static ReportDocument.RotationLine line(EventRow event) {
        return new ReportDocument.RotationLine(
                event.id(),
                event.keyType(),
                event.replaces(),
                event.successor(),
                event.state(),
                trigger(event.request()),
                event.request().actor(),
                event.request().reason(),
                event.course().requested(),
                event.course().started(),
                event.course().ended(),
                duration(event.course().started(), event.course().ended()),
                event.work().changed(),
                event.work().left(),
                event.work().attempts(),
                event.work().failure());
    }

    private static String trigger(RotationEvidence.Request request) {
        if (request.forced()) {
            return "forced";
        }
        return request.actor().equals(SYSTEM) ? "policy" : "person";
    }

    private static Optional<Long> duration(Optional<Instant> from, Optional<Instant> to) {
        return from.flatMap(begin -> to.map(end -> Duration.between(begin, end).toSeconds()));
    }
}
