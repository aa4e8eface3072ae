package io.reseal.rotation.internal.maintenance;

import io.reseal.rotation.Alerts;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import io.reseal.rotation.maintenance.MaintenanceWindow.Entry;
import io.reseal.rotation.maintenance.MaintenanceWindow.Outcome;
import io.reseal.rotation.maintenance.MaintenanceWindow.Phase;
import io.reseal.rotation.maintenance.MaintenanceWindow.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Does what is due for each window, each phase on one node of all that look. */
public final class WindowWork {

    private static final Duration AHEAD = Duration.ofHours(24);
    private static final Duration BEHIND = Duration.ofHours(6);

    private final WindowStore store;
    private final WindowClaims claims;
    private final WindowChecks checks;
    private final Alerts alerts;

    public WindowWork(WindowStore store, WindowClaims claims, WindowChecks checks, Alerts alerts) {
        this.store = store;
        this.claims = claims;
        this.checks = checks;
        this.alerts = alerts;
    }

    /** Returns whether a window has opened since the last look of any node. */
    public boolean look(Instant now, WindowNotices notices) {
        boolean hasOpened = false;
        for (Row row : store.underWay()) {
            hasOpened |= look(row, now, notices);
        }
        return hasOpened;
    }

    private boolean look(Row row, Instant now, WindowNotices notices) {
        if (row.told() > 0 && row.told() < row.revision()) {
            tell(row, notices, row.state() == State.CANCELLED ? "called off" : "changed");
        }
        if (row.state() != State.PLANNED) {
            return false;
        }
        boolean isToCheck =
                row.checked() < row.revision() && now.isBefore(row.plan().end());
        if (isToCheck && !now.isBefore(row.plan().start().minus(AHEAD))) {
            check(row, now, notices);
        }
        if (!now.isBefore(row.plan().end().plus(BEHIND))) {
            verify(row, now);
        }
        return row.plan().contains(now) && sample(row, now);
    }

    private void check(Row row, Instant now, WindowNotices notices) {
        claims.claim(row, now).ifPresent(claim -> {
            List<Found> found = checks.before(row, notices);
            if (claims.checked(claim, now, found)) {
                warn(row, found);
                if (row.told() == 0) {
                    long findings = found.stream().filter(Found::isFinding).count();
                    tell(row, notices, "to come; " + findings + " findings beforehand");
                }
            }
        });
    }

    private boolean sample(Row row, Instant now) {
        boolean isTaken = claims.samples(row, now);
        if (isTaken) {
            claims.sampled(row, now, checks.during(row, now, store.entries().of(row.number())));
        }
        return isTaken && row.sampledAt().isEmpty();
    }

    private void verify(Row row, Instant now) {
        claims.claim(row, now).ifPresent(claim -> {
            List<Entry> sofar = store.entries().of(row.number());
            List<Found> found = checks.after(row, sofar);
            boolean isClean = found.stream().noneMatch(Found::isFinding)
                    && sofar.stream()
                            .noneMatch(entry -> entry.phase() != Phase.BEFORE && entry.outcome() == Outcome.FINDING);
            if (claims.verified(claim, now, isClean ? State.CLEAN : State.FINDINGS, found)) {
                warn(row, found);
            }
        });
    }

    private void warn(Row row, List<Found> found) {
        String evidence = found.stream()
                .filter(Found::isFinding)
                .map(one ->
                        one.check() + (one.subject().isEmpty() ? "" : " (" + one.subject() + ")") + ": " + one.text())
                .collect(Collectors.joining("; "));
        if (!evidence.isEmpty()) {
            var unused = alerts.raise(AlertKind.MAINTENANCE_FINDINGS, AlertSubject.window(row.id()), evidence);
        }
    }

    /** The notices are one for each revision, whoever writes them, and however often. */
    private void tell(Row row, WindowNotices notices, String news) {
        notices.tell(
                row,
                news + "; from " + row.plan().start() + " until " + row.plan().end() + ", planned by " + row.plannedBy()
                        + ": " + row.plan().reason());
        claims.told(row);
    }
}
