package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.AuditTrail;
import io.reseal.rotation.internal.maintenance.Found;
import io.reseal.rotation.internal.maintenance.WindowClaims;
import io.reseal.rotation.internal.maintenance.WindowDocument;
import io.reseal.rotation.internal.maintenance.WindowStore;
import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import io.reseal.rotation.internal.maintenance.WindowWork;
import io.reseal.rotation.maintenance.MaintenanceWindow;
import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import io.reseal.rotation.maintenance.MaintenanceWindow.Outcome;
import io.reseal.rotation.maintenance.MaintenanceWindow.Plan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Times in which people work on keys or their database: what is checked before, watched meanwhile and verified afterwards, in the table
 * {@code reseal_window} that all nodes share. Who plans, changes, calls off or notes something is in the audit log. Safe for use by
 * several threads, and by several processes at once.
 */
public final class MaintenanceWindows {

    private static final int MAX_NOTE = 4_000;

    private final WindowStore store;
    private final WindowWork work;
    private final AuditTrail trail;
    private final Clocks clocks;

    MaintenanceWindows(WindowStore store, WindowWork work, AuditTrail trail, Clocks clocks) {
        this.store = store;
        this.work = work;
        this.trail = trail;
        this.clocks = clocks;
    }

    /**
     * Plans one. A day before it begins the checks are made and operations, security and incident response are told; at once if it begins sooner.
     *
     * @throws RotationRefusedException if it begins in the past, or overlaps another one; nothing was planned
     * @throws io.reseal.KeyStoreUnavailableException if the audit log does not answer: nothing was planned
     */
    public MaintenanceWindow plan(Plan plan, Person by) {
        var planned = store.insert(plan, by.toString(), future(plan), audited("plan-window", by, plan.reason()));
        if (!planned.isNew()) {
            throw overlaps(plan, planned.row());
        }
        return store.whole(planned.row());
    }

    /**
     * Gives another time and reason to one that has not begun: who was told of it is told again, and it is checked again.
     *
     * @throws RotationRefusedException if it has begun or is over, or the new time is in the past or overlaps another one; nothing was changed
     * @throws IllegalArgumentException if there is no such window
     */
    public MaintenanceWindow move(String id, Plan plan, Person by) {
        Row before = row(id);
        Row row = store.move(before.number(), plan, future(plan), audited("move-window", by, plan.reason()))
                .orElseThrow(() -> over(before, "moved"));
        if (row.number() != before.number()) {
            throw overlaps(plan, row);
        }
        return store.whole(row);
    }

    /**
     * Calls one off, also while it is open: who was told of it is told again.
     *
     * @throws RotationRefusedException if it is over
     * @throws IllegalArgumentException if there is no such window
     */
    public MaintenanceWindow cancel(String id, Person by, String reason) {
        Row before = row(id);
        return store.whole(store.cancel(before.number(), now(), audited("cancel-window", by, reason))
                .orElseThrow(() -> over(before, "called off")));
    }

    /** Writes down what a person saw or did: 4,000 characters at most. Nothing that was written is ever changed. */
    public MaintenanceWindow note(String id, Person by, String text) {
        if (text.isBlank() || text.length() > MAX_NOTE) {
            throw new IllegalArgumentException("A note needs a text, of at most " + MAX_NOTE + " characters");
        }
        Row row = row(id);
        Found note = new Found(Check.NOTE, Outcome.NOTED, "", text, OptionalLong.empty());
        trail.did("window " + row.id(), new AuditEntry(by.toString(), "note-window", text));
        new WindowClaims(store).noted(row, now(), by.toString(), note);
        return store.whole(row);
    }

    private Consumer<Row> audited(String action, Person by, String reason) {
        return row -> trail.did(
                "window " + row.id(),
                new AuditEntry(by.toString(), action, reason)
                        .telling("from " + row.plan().start() + " until "
                                + row.plan().end()));
    }

    private Instant future(Plan plan) {
        Instant now = now();
        if (plan.start().isBefore(now)) {
            throw new RotationRefusedException("The maintenance window from " + plan.start() + " until " + plan.end()
                    + " would begin in the past: it is " + now + " now. Choose a later start");
        }
        return now;
    }

    private static RotationRefusedException overlaps(Plan plan, Row other) {
        return new RotationRefusedException("The maintenance window from " + plan.start() + " until " + plan.end()
                + " overlaps " + other.id() + ", from " + other.plan().start() + " until "
                + other.plan().end() + ". Choose another time, or move that one");
    }

    private static RotationRefusedException over(Row row, String what) {
        return new RotationRefusedException("The maintenance window " + row.id() + " from "
                + row.plan().start() + " until " + row.plan().end() + " is " + row.state()
                + " and was not " + what + ": it has begun, or is over");
    }

    /** One with everything that is on record about it. */
    public Optional<MaintenanceWindow> find(String id) {
        return store.get(WindowStore.number(id)).map(store::whole);
    }

    /** All, without what was found in them, in the order in which they were planned. */
    public List<MaintenanceWindow> all() {
        return store.all().stream().map(Row::bare).toList();
    }

    /** The one that is open now, without what was found in it. */
    public Optional<MaintenanceWindow> open() {
        return store.open(now()).map(Row::bare);
    }

    /** When the next one begins that has not begun. */
    Optional<Instant> next() {
        return store.next(now()).map(row -> row.plan().start());
    }

    /**
     * Everything that is on record about one.
     *
     * @throws IllegalArgumentException if there is no such window
     */
    public WrittenRecord export(String id) {
        MaintenanceWindow window = store.whole(row(id));
        return new WrittenRecord(WindowDocument.json(window), WindowDocument.text(window));
    }

    /**
     * Does what is due: the checks a day before, a look each minute while one is open with samples each ten minutes, and the verification six hours
     * afterwards. To be called once a minute, on any number of nodes; the task {@code key_rotation_alerts} does.
     *
     * @param delivery by which people are told
     * @return whether a window has opened since the last look of any node
     */
    public boolean look(AlertDelivery delivery) {
        return work.look(now(), delivery.windowNotices());
    }

    private Row row(String id) {
        return store.get(WindowStore.number(id))
                .orElseThrow(() -> new IllegalArgumentException("There is no maintenance window " + id));
    }

    private Instant now() {
        return clocks.stored();
    }
}
