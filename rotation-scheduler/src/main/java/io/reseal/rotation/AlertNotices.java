package io.reseal.rotation;

import io.reseal.rotation.AlertRouting.Level;
import io.reseal.rotation.AlertRouting.Route;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.internal.alert.Outbox;
import io.reseal.rotation.internal.alert.Outbox.Draft;
import io.reseal.rotation.internal.alert.Outbox.Told;
import io.reseal.rotation.internal.notify.LogChannel;
import io.reseal.rotation.spi.AlertNotice.Reason;
import io.reseal.rotation.spi.AlertNotice.Subject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Decides who is to be told of what by now, and writes it into the outbox. */
final class AlertNotices {

    private static final int MAX_DIGEST = 200;
    private static final int MAX_DIGEST_EVIDENCE = 300;

    private final Alerts alerts;
    private final Outbox outbox;
    private final AlertRouting routing;

    AlertNotices(Alerts alerts, Outbox outbox, AlertRouting routing) {
        this.alerts = alerts;
        this.outbox = outbox;
        this.routing = routing;
    }

    /** Writes everything that is due. */
    void write(Instant now) {
        outbox.withdraw();
        outbox.over().stream()
                .flatMap(id -> alerts.find(id).stream())
                .forEach(over -> outbox.writeResolved(over, subject(over), now));
        writeRaised(now);
        writeDigest(now);
    }

    private void writeRaised(Instant now) {
        Map<Long, List<Told>> told = outbox.told().stream().collect(Collectors.groupingBy(Told::alert));
        alerts.open().stream()
                .filter(alert -> alert.acknowledged().isEmpty())
                .forEach(alert -> writeRaised(alert, told.getOrDefault(alert.id(), List.of()), now));
    }

    private void writeRaised(Alert alert, List<Told> told, Instant now) {
        Optional<Instant> since = told.stream().map(Told::at).min(Comparator.naturalOrder());
        due(alert, since.orElse(now), now)
                .forEach((level, route) -> avoiding(alert, route).forEach((channel, recipients) -> {
                    if (told.stream()
                            .noneMatch(
                                    row -> row.level() == level && row.channel().equals(channel))) {
                        outbox.writeRaised(
                                new Draft(
                                        Reason.RAISED, alert.id(), level, channel, recipients, List.of(subject(alert))),
                                now);
                    }
                }));
    }

    /** @param since when the first of them was to be told */
    private Map<Integer, Route> due(Alert alert, Instant since, Instant now) {
        return switch (alert.severity()) {
            case CRITICAL ->
                routing.levels().stream()
                        .filter(level -> !since.plus(level.after()).isAfter(now))
                        .collect(Collectors.toMap(Level::number, Level::route));
            case WARNING -> Map.of(0, routing.warning());
            case INFORMATION -> Map.of();
        };
    }

    /** That a channel does not work is not told on it. */
    private static Map<String, List<String>> avoiding(Alert alert, Route route) {
        if (alert.kind() != AlertKind.NOTIFICATION_FAILED) {
            return route.recipients();
        }
        Map<String, List<String>> others = new TreeMap<>(route.recipients());
        others.remove(alert.subject().name());
        return others.isEmpty() ? Map.of(LogChannel.NAME, List.of()) : others;
    }

    /** What became known since the last one that was written: weeks in which there was nothing, or nobody to write it, are none. */
    private void writeDigest(Instant now) {
        Instant end = routing.digest().before(now);
        List<Alert> known = outbox.informed(outbox.digestBefore(end).orElse(Instant.EPOCH), end);
        if (known.isEmpty()) {
            return;
        }
        List<Subject> subjects = known.stream()
                .skip(Math.max(0, known.size() - MAX_DIGEST))
                .map(AlertNotices::shortened)
                .toList();
        routing.information()
                .recipients()
                .forEach((channel, recipients) -> outbox.write(
                        new Draft(Reason.DIGEST, end.getEpochSecond(), 0, channel, recipients, subjects), now));
    }

    private static Subject shortened(Alert alert) {
        String evidence = alert.evidence();
        return subject(alert, evidence.substring(0, Math.min(MAX_DIGEST_EVIDENCE, evidence.length())));
    }

    private static Subject subject(Alert alert) {
        return subject(alert, alert.evidence());
    }

    private static Subject subject(Alert alert, String evidence) {
        return new Subject(
                alert.id(),
                alert.kind().name(),
                alert.severity(),
                alert.subject().toString(),
                evidence,
                alert.remedy(),
                alert.firstSeen(),
                alert.lastSeen(),
                alert.count(),
                alert.resolved());
    }
}
