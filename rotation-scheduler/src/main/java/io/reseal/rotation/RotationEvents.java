package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.Due;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.internal.event.EventStore;
import io.reseal.rotation.internal.reencrypt.RunControl;
import io.reseal.rotation.reencryption.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Rotations that are planned, under way or over, in the table {@code reseal_event} that all nodes share. A key type has one open event at
 * a time, so that any number of requests, by any number of nodes, come to one rotation. What is scheduled here is executed by
 * {@link RotationScheduler}. Every decision of a person is recorded in the audit log. Safe for use by several threads and processes.
 */
public final class RotationEvents {

    private final EventStore store;
    private final KeyRegistry keys;
    private final PoliciesInForce policies;
    private final RunControl runs;
    private final Clocks clocks;

    RotationEvents(EventStore store, KeyRegistry keys, PoliciesInForce policies, RunControl runs, Clocks clocks) {
        this.store = store;
        this.keys = keys;
        this.policies = policies;
        this.runs = runs;
        this.clocks = clocks;
    }

    /**
     * Plans the rotation of the active version of a key type: for now if it is due, or else for when it will be by its policy.
     *
     * @param force for now though it is not due
     * @param actor who asks for it
     * @param reason why, for the audit
     * @return the open event of the key type: if there was one it stays as it is, but for one that a forced request makes PENDING
     * @throws RotationRefusedException if the key type has no active version
     */
    public RotationEvent schedule(KeyType type, boolean force, String actor, String reason) {
        RotationEvent event = plan(type, force, new AuditEntry(actor, "schedule-rotation", reason));
        if (force && event.state() == EventState.SCHEDULED) {
            AuditEntry entry = new AuditEntry(actor, "force-rotation", reason);
            store.force(event.id(), now(), () -> did(event.id(), entry));
            return get(event.id());
        }
        return event;
    }

    private RotationEvent plan(KeyType type, boolean force, AuditEntry entry) {
        KeyVersion active = keys.refresh()
                .active(type)
                .orElseThrow(
                        () -> new RotationRefusedException(
                                "The key type " + type
                                        + " has no active version, so that there is nothing to rotate. Its first one is made when something is sealed"));
        Due due = due(active);
        Instant at = force ? now() : moment(due);
        EventState state = force || due.isDue() ? EventState.PENDING : EventState.SCHEDULED;
        return store.openOrInsert(
                active.id(),
                state,
                new RotationEvent.Request(entry.actor(), entry.reason(), force),
                new RotationEvent.Course(now(), at, Optional.empty(), Optional.empty()),
                () -> keys.trail().did("rotation of " + active.id(), entry.telling(described(due))));
    }

    private Due due(KeyVersion active) {
        return policies.of(active.type()).due(active, keys.usage(), now());
    }

    private Instant moment(Due due) {
        if (due instanceof Due.NotYet notYet) {
            return notYet.next();
        }
        return due instanceof Due.ByAge byAge ? byAge.since() : now();
    }

    private static String described(Due due) {
        if (due instanceof Due.NotYet notYet) {
            return "due at " + notYet.next();
        }
        if (due instanceof Due.ByUsage byUsage) {
            return "due: " + byUsage.used() + " encryptions of at most " + byUsage.limit();
        }
        return due instanceof Due.ByAge byAge ? "due since " + byAge.since() : "not active";
    }

    /**
     * What is done every day: schedules every active version that is due, and makes those events PENDING whose time has come.
     *
     * @return the open events that are to be executed
     */
    List<RotationEvent> scheduleDue(String actor, String reason) {
        keys.refresh().versions().stream()
                .filter(version ->
                        version.state() == KeyState.ACTIVE && due(version).isDue())
                .forEach(version -> schedule(version.type(), false, actor, reason));
        store.wake(now());
        return open().stream()
                .filter(event -> event.state() == EventState.PENDING)
                .toList();
    }

    /**
     * Holds a rotation on every node: what re-encrypts stops within a batch. A key that was replaced stays so.
     *
     * @throws RotationRefusedException if it is over
     * @throws IllegalArgumentException if there is no such event
     */
    public RotationEvent pause(EventId id, String actor, String reason) {
        return move(id, EventState.PAUSED, new AuditEntry(actor, "pause-rotation", reason), runs::pause);
    }

    /**
     * Lets a paused rotation go on with the next execution; one that was not due yet waits for its time again.
     *
     * @throws RotationRefusedException if it is not paused
     * @throws IllegalArgumentException if there is no such event
     */
    public RotationEvent resume(EventId id, String actor, String reason) {
        requireState(id, EventState.PAUSED, "resumed");
        EventState to = get(id).course().dueAt().isAfter(now()) ? EventState.SCHEDULED : EventState.PENDING;
        return move(id, to, new AuditEntry(actor, "resume-rotation", reason), runs::resume);
    }

    /**
     * Has a rotation that was given up tried again with the next execution.
     *
     * @throws RotationRefusedException if it has not failed, or another rotation of its key type is open
     * @throws IllegalArgumentException if there is no such event
     */
    public RotationEvent retry(EventId id, String actor, String reason) {
        requireState(id, EventState.FAILED, "tried again");
        return move(id, EventState.PENDING, new AuditEntry(actor, "retry-rotation", reason), runs::retry);
    }

    /**
     * Calls a rotation off, and its re-encryption. A key that was replaced stays so, and values under it stay readable.
     *
     * @throws RotationRefusedException if it is over
     * @throws IllegalArgumentException if there is no such event
     */
    public RotationEvent cancel(EventId id, String actor, String reason) {
        return move(id, EventState.CANCELLED, new AuditEntry(actor, "cancel-rotation", reason), runs::cancel);
    }

    /** Done twice, it is done once. */
    private RotationEvent move(EventId id, EventState to, AuditEntry entry, Consumer<RunId> run) {
        if (get(id).state() != to && !store.move(id, to, now(), () -> did(id, entry)) && get(id).state() != to) {
            throw refused(get(id), "become " + to);
        }
        get(id).outcome().run().ifPresent(run);
        return get(id);
    }

    private void requireState(EventId id, EventState state, String what) {
        RotationEvent event = get(id);
        if (event.state() != state && event.state() != EventState.PENDING) {
            throw refused(event, "be " + what);
        }
    }

    private RotationRefusedException refused(RotationEvent event, String what) {
        boolean isOvertaken = !event.state().isOpen()
                && store.open().stream()
                        .anyMatch(other ->
                                other.replaces().type().equals(event.replaces().type()));
        return new RotationRefusedException("The rotation " + event + " cannot " + what
                + (isOvertaken ? ": another rotation of its key type is open" : " from its state. It stays as it is"));
    }

    private void did(EventId id, AuditEntry entry) {
        keys.trail().did("rotation " + id, entry);
    }

    private RotationEvent get(EventId id) {
        return find(id).orElseThrow(() -> new IllegalArgumentException("There is no rotation event " + id));
    }

    /** One event, open or over. */
    public Optional<RotationEvent> find(EventId id) {
        return store.find(id);
    }

    /** Every open event, by the moment when it is or was due. */
    public List<RotationEvent> open() {
        return store.open();
    }

    /** Every event that is open or was at {@code moment} or later, in the order in which they were asked for. */
    public List<RotationEvent> since(Instant moment) {
        return store.since(moment);
    }

    private Instant now() {
        return clocks.stored();
    }
}
