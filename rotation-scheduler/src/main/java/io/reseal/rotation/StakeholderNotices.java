package io.reseal.rotation;

import io.reseal.rotation.alert.AlertDispatch;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.alert.Outbox;
import io.reseal.rotation.internal.alert.Outbox.Draft;
import io.reseal.rotation.internal.maintenance.WindowNotices;
import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import io.reseal.rotation.spi.AlertNotice.Reason;
import io.reseal.rotation.spi.AlertNotice.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells the first three levels of the escalation of maintenance windows, on the channels that they are told of critical alerts. */
final class StakeholderNotices implements WindowNotices {

    /** Operations, security and incident response, as the procedures have it. */
    private static final int LEVELS = 3;

    private static final String TO_DO = "Operations: expect the work. Security: watch alerts more closely than usual."
            + " Incident response: stand by";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(200);

    private final Outbox outbox;
    private final AlertRouting routing;
    private final InstantSource clock;
    private final Runnable send;

    /** @param send what waits */
    StakeholderNotices(Outbox outbox, AlertRouting routing, InstantSource clock, Runnable send) {
        this.outbox = outbox;
        this.routing = routing;
        this.clock = clock;
        this.send = send;
    }

    @Override
    public void tell(Row row, String text) {
        recipients(routing.levels().stream().limit(LEVELS).map(AlertRouting.Level::route))
                .forEach((channel, recipients) -> write(Reason.MAINTENANCE, row, channel, recipients, text));
    }

    @Override
    public Map<String, String> test(Row row) {
        Map<String, Set<String>> all = recipients(Stream.concat(
                routing.levels().stream().map(AlertRouting.Level::route),
                Stream.of(routing.warning(), routing.information())));
        all.forEach((channel, recipients) -> write(
                Reason.TEST, row, channel, recipients, "a test: whoever reads this is reached. Nothing is to be done"));
        send.run();
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<AlertDispatch> tests = outbox.about(Reason.TEST, row.number(), row.revision());
        while (tests.stream().anyMatch(StakeholderNotices::isUnderWay) && System.nanoTime() < end) {
            LockSupport.parkNanos(this, LOOK.toNanos()); // another node sends it
            tests = outbox.about(Reason.TEST, row.number(), row.revision());
        }
        return tests.stream().collect(Collectors.toMap(AlertDispatch::channel, StakeholderNotices::against));
    }

    private static boolean isUnderWay(AlertDispatch test) {
        return test.state() == AlertDispatch.State.PENDING && test.failure().isEmpty();
    }

    private static String against(AlertDispatch test) {
        return test.state() == AlertDispatch.State.SENT
                ? ""
                : "a test was not taken: " + test.failure().orElse("no answer yet");
    }

    private static Map<String, Set<String>> recipients(Stream<AlertRouting.Route> routes) {
        Map<String, Set<String>> all = new TreeMap<>();
        routes.forEach(route -> route.recipients()
                .forEach((channel, recipients) -> all.computeIfAbsent(channel, name -> new LinkedHashSet<>())
                        .addAll(recipients)));
        return all;
    }

    private void write(Reason reason, Row row, String channel, Set<String> recipients, String text) {
        Instant now = clock.instant();
        Subject subject = new Subject(
                0,
                "MAINTENANCE_WINDOW",
                AlertSeverity.INFORMATION,
                AlertSubject.window(row.id()).toString(),
                text,
                reason == Reason.TEST ? "Nothing" : TO_DO,
                now,
                now,
                1,
                Optional.empty());
        outbox.write(
                new Draft(reason, row.number(), row.revision(), channel, List.copyOf(recipients), List.of(subject)),
                now);
    }
}
