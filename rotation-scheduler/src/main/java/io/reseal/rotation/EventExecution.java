package io.reseal.rotation;

import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.internal.event.Claim;
import io.reseal.rotation.internal.event.EventClaims;
import io.reseal.rotation.internal.event.EventStore;
import io.reseal.rotation.internal.event.Failure;
import io.reseal.rotation.internal.event.Leaving;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes rotation events until nothing is left to do: replaces the keys, the most urgent first, and then stays with the re-encryptions. Used
 * once, by one thread. A node that takes over where another one crashed finds what is done by the event and by the key store.
 */
final class EventExecution {

    private static final Logger LOG = LoggerFactory.getLogger(EventExecution.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final EventStore store;
    private final EventClaims claims;
    private final KeyRegistry keys;
    private final Engine engine;
    private final Succession succession;
    private final Surroundings around;
    private final Limits limits;
    private final List<Engagement> working = new ArrayList<>();

    EventExecution(EventStore store, KeyRegistry keys, Engine engine, Surroundings around, Limits limits) {
        this.store = store;
        this.claims = store.claims();
        this.keys = keys;
        this.engine = engine;
        this.succession = new Succession(keys, engine);
        this.around = around;
        this.limits = limits;
    }

    /** What else it goes by, and tells. */
    record Surroundings(Custody custody, Alerts alerts, Clocks clocks) {}

    /**
     * How events are executed.
     *
     * @param lease after which other nodes take over from one that has gone silent
     * @param attempts after so many it is given up
     * @param backoff before the second attempt; doubled for each one after it
     * @param options for the re-encryptions
     */
    record Limits(Duration lease, int attempts, Duration backoff, ReencryptionOptions options) {}

    /** An event, and what re-encrypts for it on this node. */
    private record Engagement(Claim claim, Reencryption run) {}

    /**
     * Returns once nothing is left that this node could do now, or it may not go on.
     *
     * @return when it is to be called again for an event that failed; empty if for none
     */
    Optional<Instant> run(BooleanSupplier mayGoOn) {
        long idleSince = System.nanoTime();
        try {
            while (mayGoOn.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
                begin();
                watch();
                if (!working.isEmpty()) {
                    idleSince = System.nanoTime();
                } else if (!isToWait(idleSince)) {
                    break;
                }
                LockSupport.parkNanos(this, LOOK.toNanos());
            }
        } finally {
            List.copyOf(working).forEach(this::leaveToOthers);
        }
        return claims.nextAttempt();
    }

    /** For a node that works on an event, or has crashed: then its lease runs out. */
    private boolean isToWait(long idleSince) {
        return System.nanoTime() - idleSince < 2 * limits.lease().toNanos() && claims.isWorkedOnElsewhere();
    }

    private void begin() {
        store.wake(now());
        claims.claimable(now()).stream()
                .sorted(Comparator.comparing(
                        event -> around.custody().policies().of(type(event)).priority()))
                .flatMap(event -> claims.claim(event.id(), now(), limits.lease()).stream())
                .forEach(this::begin);
    }

    private static KeyType type(RotationEvent event) {
        return event.replaces().type();
    }

    private void begin(Claim claim) {
        try {
            claims.replaced(claim, replaced(claim.event()));
            if (isReencrypted(type(claim.event()))) {
                reencrypt(claim);
            } else {
                complete(claim, 0, 0);
            }
        } catch (RuntimeException e) {
            if (Thread.currentThread().isInterrupted()) {
                claims.leave(claim, Leaving.toOthers(), now());
            } else {
                LOG.error("The rotation {} failed", claim.event().id(), e);
                fail(claim, Failure.described(e));
            }
        }
    }

    /** Whoever has replaced the key: what is active now. */
    private KeyId replaced(RotationEvent event) {
        RotationEvent.Request request = event.request();
        return succession
                .replace(event.replaces(), request.actor(), event.id() + ": " + request.reason())
                .or(() -> keys.refresh().active(type(event)))
                .map(KeyVersion::id)
                .orElseThrow(() -> new RotationRefusedException(
                        "The key type " + type(event) + " has no active version any more. Rotate it by hand"));
    }

    private boolean isReencrypted(KeyType type) {
        return around.custody().policies().of(type).graceEnd() instanceof GraceEnd.Proof
                && !around.custody().values().isUnmapped();
    }

    /** Goes on with the run that the event had before, if there is one: what a person has paused stays so. */
    private void reencrypt(Claim claim) {
        Optional<RunId> before = claim.event().outcome().run();
        before.ifPresent(engine.runs()::retry);
        Reencryption run = before.map(id -> engine.goOn(id, limits.options()))
                .orElseGet(() -> engine.startOrGoOn(type(claim.event()), limits.options()));
        working.add(new Engagement(claim, run));
        claims.reencrypting(claim, run.id());
    }

    private void watch() {
        for (Engagement each : List.copyOf(working)) {
            try {
                watch(each);
            } catch (RuntimeException e) {
                LOG.warn(
                        "How {} stands could not be looked at; the next look follows",
                        each.claim().event().id(),
                        e);
            }
        }
    }

    private void watch(Engagement each) {
        Progress progress = each.run().progress();
        if (!claims.renew(each.claim(), progress.changed(), limits.lease())) {
            drop(each);
            return;
        }
        switch (progress.state()) {
            case RUNNING -> {}
            case PAUSED -> end(each, Leaving.as(EventState.PAUSED));
            case CANCELLED -> end(each, Leaving.as(EventState.CANCELLED));
            case FAILED -> {
                part(each);
                fail(each.claim(), progress.failure().orElse("the re-encryption failed"));
            }
            case COMPLETED -> {
                part(each);
                complete(each.claim(), progress.changed(), remaining(each.run()));
            }
        }
    }

    private static long remaining(Reencryption run) {
        return run.proofs().stream().mapToLong(Proof::remaining).sum();
    }

    /** Somebody else has it: a person, whose decision may have come before the run was on record, or another node. */
    private void drop(Engagement each) {
        part(each);
        store.find(each.claim().event().id()).map(RotationEvent::state).ifPresent(state -> {
            if (state == EventState.PAUSED) {
                engine.runs().pause(each.run().id());
            } else if (state == EventState.CANCELLED) {
                engine.runs().cancel(each.run().id());
            }
        });
    }

    private void end(Engagement each, Leaving leaving) {
        part(each);
        claims.leave(each.claim(), leaving, now());
    }

    private void part(Engagement each) {
        working.remove(each);
        each.run().close();
    }

    private void leaveToOthers(Engagement each) {
        try {
            end(each, Leaving.toOthers());
        } catch (RuntimeException e) {
            LOG.warn(
                    "Other nodes take {} over once its lease has run out",
                    each.claim().event().id(),
                    e);
        }
    }

    private void complete(Claim claim, long rows, long remaining) {
        if (claims.leave(claim, Leaving.completed(rows, remaining), now())) {
            AlertSubject subject = AlertSubject.keyType(type(claim.event()));
            around.alerts().open(AlertKind.ROTATION_FAILED, subject).ifPresent(around.alerts()::end);
            around.alerts().raise(AlertKind.ROTATION_COMPLETED, subject, evidence(claim, rows, remaining));
        }
    }

    private static String evidence(Claim claim, long rows, long remaining) {
        return claim.event().id() + " has replaced " + claim.event().replaces() + "; " + rows
                + " rows were re-encrypted"
                + (remaining == 0 ? "" : ", and " + remaining + " values are left under retired versions");
    }

    private void fail(Claim claim, String failure) {
        int attempt = claim.event().outcome().attempts();
        if (attempt < limits.attempts()) {
            Instant next = now().plus(limits.backoff().multipliedBy(1L << (attempt - 1)));
            claims.leave(claim, Leaving.failed(failure, next), now());
        } else if (claims.leave(claim, Leaving.givenUp(failure), now())) {
            around.alerts()
                    .raise(
                            AlertKind.ROTATION_FAILED,
                            AlertSubject.keyType(type(claim.event())),
                            claim.event().id() + " was given up after " + attempt + " attempts: " + failure);
        }
    }

    private Instant now() {
        return around.clocks().stored();
    }
}
