package io.reseal.rotation;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.AuditTrail;
import io.reseal.rotation.alert.AlertDispatch;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.internal.alert.AlertStore;
import io.reseal.rotation.internal.alert.Outbox;
import io.reseal.rotation.internal.alert.OutboxClaims;
import io.reseal.rotation.internal.alert.OutboxClaims.Claim;
import io.reseal.rotation.internal.maintenance.WindowNotices;
import io.reseal.rotation.spi.AlertChannel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people of alerts: by severity, and of critical ones level after level until somebody acknowledges them. What is due is written into
 * the table {@code reseal_notification}, which all nodes share, and sent from there: each notice once, however many nodes deliver. A
 * node that ends while it sends leaves the notice to another one, which sends it with the same id. Safe for use by several
 * threads and processes.
 */
public final class AlertDelivery implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AlertDelivery.class);

    /** How long a tick waits for its channels: it is over when the next one begins. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    /** After that, a node that has the channel would have come by. */
    private static final Duration UNKNOWN = Duration.ofDays(1);

    private static final int MOST_UNKNOWN = 100;

    private final Alerts alerts;
    private final Outbox outbox;
    private final OutboxClaims claims;
    private final AuditTrail trail;
    private final InstantSource clock;
    private final AlertRouting routing;
    private final AlertNotices notices;
    private final List<ChannelWork> work;
    private final ExecutorService threads;
    private final Runnable leave;

    /** What it needs of {@link KeyRotation}. */
    record Ground(Alerts alerts, ResealDatabase database, AuditTrail trail, Clocks clocks) {}

    private AlertDelivery(Ground ground, AlertRouting routing, Runnable leave) {
        this.alerts = ground.alerts();
        this.trail = ground.trail();
        this.routing = routing;
        this.leave = leave;
        this.clock = () -> ground.clocks().database().instant().truncatedTo(ChronoUnit.MICROS);
        this.outbox = new Outbox(new AlertStore(ground.database()));
        this.claims = new OutboxClaims(outbox);
        this.notices = new AlertNotices(alerts, outbox, routing);
        this.work = routing.channels().stream()
                .map(channel -> new ChannelWork(channel, claims, routing.retries(), clock))
                .toList();
        this.threads = Executors.newFixedThreadPool(work.size(), AlertDelivery::thread);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "reseal-alert-delivery");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Opens with the settings {@code reseal.alerts.…} and {@code reseal.contacts.…}; others are left alone. Sends nothing yet.
     *
     * @param rotation whose alerts are delivered; to be closed after this
     * @throws io.reseal.ResealConfigurationException if one is unusable or unknown; the message names it and the remedy
     */
    public static AlertDelivery open(KeyRotation rotation, Map<String, ?> settings) {
        Ground ground = rotation.deliveryGround();
        AlertRouting routing = AlertRouting.from(settings, ground.clocks().node());
        return new AlertDelivery(ground, routing, rotation.health().delivers(routing.channels()));
    }

    /** Who is told of what. */
    public AlertRouting routing() {
        return routing;
    }

    /**
     * Looks at the open alerts, writes what is due, and sends what waits, on all channels at once; to be called once a minute, on any number
     * of nodes. A channel that fails or hangs holds up no other one, and is no exception: what it did not take is tried again with
     * growing pauses, and becomes a dead letter in the end, of which an alert tells.
     *
     * @return how many notices this call sent
     * @throws io.reseal.KeyStoreUnavailableException if the database does not answer; call again
     */
    public int deliver() {
        notices.write(clock.instant());
        buryUnknown();
        int sent = send();
        endFailures();
        return sent;
    }

    /** How people are told of maintenance windows. */
    WindowNotices windowNotices() {
        return new StakeholderNotices(outbox, routing, clock, this::send);
    }

    private int send() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        List<Future<Integer>> drains =
                work.stream().map(channel -> threads.submit(channel::drain)).toList();
        return drains.stream().mapToInt(drain -> sent(drain, end)).sum();
    }

    /** Interrupts nobody: a thread that is interrupted within an embedded database closes it. */
    private static int sent(Future<Integer> drain, long end) {
        try {
            return drain.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.warn("A channel did not return within {}: the others were served", PATIENCE);
        } catch (ExecutionException e) {
            LOG.error("A channel ended by an error; what it was sending is sent again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return 0;
    }

    /** What waits for a channel that nobody has any more must not wait unseen. */
    private void buryUnknown() {
        List<String> known = routing.channels().stream().map(AlertChannel::name).toList();
        Instant now = clock.instant();
        for (int i = 0; i < MOST_UNKNOWN; i++) {
            Optional<Claim> claim = claims.nextWithout(known, now.minus(UNKNOWN), now);
            if (claim.isEmpty()) {
                return;
            }
            claims.dead(claim.get(), "For " + UNKNOWN + " no node had this channel: configure it again", now);
        }
    }

    /** As it was before the look: a dead letter that another node adds meanwhile keeps its alert open. */
    private void endFailures() {
        alerts.open().stream()
                .filter(alert -> alert.kind() == AlertKind.NOTIFICATION_FAILED)
                .filter(alert -> !claims.hasDeadLetters(alert.subject().name()))
                .forEach(alerts::end);
    }

    /** Notices that were tried as often as they may be, the oldest first: with what each failed. */
    public List<AlertDispatch> deadLetters() {
        return outbox.dead();
    }

    /**
     * A person has a dead letter sent again, with the id it had and all attempts anew, also if its alert is over. Recorded in the audit
     * log.
     *
     * @param id of the notice
     * @param reason why; at most 4,000 characters
     * @return whether it was a dead letter
     * @throws io.reseal.KeyStoreUnavailableException if the audit log does not answer: nothing was changed
     */
    public boolean sendAgain(String id, Person by, String reason) {
        AuditEntry entry = new AuditEntry(by.toString(), "send-notice-again", reason);
        return outbox.sendAgain(id, clock.instant(), () -> trail.did("notice " + id, entry));
    }

    /** Notices that were taken at {@code moment} or later by the database's clock, in that order. */
    public List<AlertDispatch> sent(Instant moment) {
        return outbox.sent(moment);
    }

    /** Waits a while for notices that are being sent; what waits stays for other nodes, or for the next start. */
    @Override
    public void close() {
        leave.run();
        work.forEach(ChannelWork::stop);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("A channel has not returned; what it was sending is sent again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
