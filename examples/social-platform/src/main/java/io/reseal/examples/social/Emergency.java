package io.reseal.examples.social;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.Affected;
import io.reseal.rotation.AffectedTable;
import io.reseal.rotation.Authority;
import io.reseal.rotation.Incident;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.IncidentStep;
import io.reseal.rotation.Incidents;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.Notification;
import io.reseal.rotation.Person;
import io.reseal.rotation.StepReport;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.reencryption.TableProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Replaces a stolen key, does what people have to do about it, and files the incident. */
final class Emergency {

    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration COUNTING = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final KeyRotation keys;
    private final Terminal terminal;
    private final Latencies latencies;
    private final StopSignal stop;
    private final Person officer = new Authority("demo", login -> Optional.of(login.getName())).person(() -> "ada");

    Emergency(KeyRotation keys, Terminal terminal, Latencies latencies, StopSignal stop) {
        this.keys = keys;
        this.terminal = terminal;
        this.latencies = latencies;
        this.stop = stop;
    }

    Rotation.Outcome respond(KeyType keyType) {
        latencies.startPhase();
        long start = System.nanoTime();
        Incident incident = keys.emergency().rotate(keyType, officer, "the demo says that it was stolen");
        terminal.line("%s was stolen; %,d ms later no node sealed under it any more", incident.key(), millis(incident));
        keys.emergency().await(incident.key(), COUNTING).response().affected().ifPresent(this::show);
        IncidentReport end = await(incident.key());
        return new Rotation.Outcome(
                keyType,
                end.run()
                        .map(run -> run.state().name().toLowerCase(Locale.ROOT))
                        .orElse("never begun"),
                end.run().stream()
                        .flatMap(run -> run.tables().stream())
                        .mapToLong(TableProgress::changed)
                        .sum(),
                end.run().map(IncidentReport.RunReport::quarantined).orElse(0L),
                Duration.ofNanos(System.nanoTime() - start),
                latencies.phase());
    }

    private static long millis(Incident incident) {
        return incident.effectiveAfter().map(Duration::toMillis).orElse(-1L);
    }

    private void show(Affected affected) {
        affected.tables().stream()
                .filter(table -> table.rows() > 0)
                .forEach(table -> terminal.line(
                        "  %-32s %,9d rows under it%s",
                        table.table().toLowerCase(Locale.ROOT), table.rows(), owners(table)));
    }

    private static String owners(AffectedTable table) {
        return table.owners()
                .map(number -> String.format(Locale.ROOT, ", of %,d users", number))
                .orElse("");
    }

    /** Until the re-encryption is proved and over, or will not be. */
    private IncidentReport await(KeyId key) {
        Incidents incidents = keys.incidents();
        while (!isOver(incidents.follow(key))) {
            IncidentReport now = incidents.report(key);
            if (now.run()
                    .filter(run -> run.state() == RunState.FAILED || run.state() == RunState.CANCELLED)
                    .isPresent()) {
                return now;
            }
            stop.pause(LOOK);
        }
        return incidents.report(key);
    }

    private static boolean isOver(Incident incident) {
        return incident.done(IncidentStep.PROVE_EMPTY).isPresent()
                && incident.done(IncidentStep.COMPLETE_REENCRYPTION).isPresent();
    }

    /** What only people can do, in one go, and then the file. */
    Check file(KeyId key, Path folder) {
        Incidents incidents = keys.incidents();
        Incident incident = incidents.find(key).orElseThrow();
        incidents.notified(
                key,
                new Notification(Notification.Audience.SECURITY, "on-call", "telephone", incident.openedAt()),
                officer);
        for (IncidentStep step : List.of(
                IncidentStep.ASSESS_IMPACT,
                IncidentStep.REVIEW_SECURITY,
                IncidentStep.LEARN_LESSONS,
                IncidentStep.INFORM_OTHERS)) {
            incidents.complete(key, step, officer, "as the demo has it: nobody was harmed");
        }
        Incident closed = incidents.close(key, officer, "the demo is over");
        export(key, folder);
        IncidentReport report = incidents.report(key);
        long inTime = report.steps().stream()
                .filter(step -> step.standing() == StepReport.Standing.DONE_IN_TIME)
                .count();
        return new Check(
                "incident of " + key,
                !closed.isOpen()
                        && inTime == IncidentStep.values().length
                        && closed.effectiveAfter()
                                .filter(after -> after.compareTo(LIMIT) < 0)
                                .isPresent(),
                String.format(Locale.ROOT, "closed, %d of %d steps in time", inTime, IncidentStep.values().length));
    }

    void timeline(KeyId key) {
        Incident incident = keys.incidents().find(key).orElseThrow();
        incident.timeline()
                .forEach(entry -> terminal.line(
                        "  %8.3f s  %s",
                        Duration.between(incident.openedAt(), entry.at()).toMillis() / 1e3,
                        entry.step().map(Enum::name).orElse(entry.kind().name())));
    }

    private void export(KeyId key, Path folder) {
        String name = "incident-" + key.type() + "-" + key.version();
        try (Writer page = Files.newBufferedWriter(folder.resolve(name + ".html"));
                Writer json = Files.newBufferedWriter(folder.resolve(name + ".json"));
                Writer users = Files.newBufferedWriter(folder.resolve(name + "-users.csv"))) {
            keys.incidents().writeHtml(key, page);
            keys.incidents().writeJson(key, json);
            keys.incidents().writeAffectedOwners(key, users);
        } catch (IOException e) {
            throw new UncheckedIOException("The incident of " + key + " was not filed in " + folder, e);
        }
    }
}
