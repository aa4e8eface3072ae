package io.reseal.rotation;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a compromised key out of use at once, on every node, and re-encrypts what is under it before everything else. Values under it
 * can be read until then. Safe for use by several threads and processes.
 *
 * <p>Opens an incident before anything else. Whoever calls again, on whatever node, joins it, and goes on where a process that
 * crashed has left off.
 */
public final class EmergencyRotation {

    /** The effort of {@link #rotate(KeyType, Person, String)}: full, on as many threads as there are processors, at least two. */
    public static final ReencryptionOptions TOP_PRIORITY = ReencryptionOptions.defaults()
            .withEffort(Effort.FULL)
            .withWorkers(Math.max(
                    2,
                    Math.min(
                            ReencryptionOptions.MAX_WORKERS,
                            Runtime.getRuntime().availableProcessors())));

    /**
     * With leases up to this a minute suffices: nodes are waited for before the promotion and after it, each time as long as the longer of
     * {@link SilentNodes#PATIENCE} and a lease.
     */
    static final Duration MAX_LEASE = Duration.ofSeconds(25);

    private static final Logger LOG = LoggerFactory.getLogger(EmergencyRotation.class);
    private static final int MAX_REASON = 1_000;

    private final KeyRegistry keys;
    private final Incidents incidents;
    private final KeySuspension suspensions;
    private final EmergencyDuty duty;

    EmergencyRotation(KeyRegistry keys, Incidents incidents, KeySuspension suspensions, EmergencyDuty duty) {
        this.keys = keys;
        this.incidents = incidents;
        this.suspensions = suspensions;
        this.duty = duty;
    }

    static void warnOfLongLease(Duration lease) {
        if (lease.compareTo(MAX_LEASE) > 0) {
            LOG.warn(
                    "{} is {}: a node that stands still when a compromised key is replaced may seal under it for that long,"
                            + " and is waited for twice. With more than {} an emergency may take longer than a minute. Shorten it",
                    ResealSettings.LEASE,
                    lease,
                    MAX_LEASE);
        }
    }

    /** As {@link #rotate(KeyType, Person, String, ReencryptionOptions)}, with {@link #TOP_PRIORITY}. */
    public Incident rotate(KeyType type, Person by, String reason) {
        return rotate(type, by, reason, TOP_PRIORITY);
    }

    /**
     * Replaces the active version of a key type, which is compromised. Where that version seals only because another call has just
     * replaced its predecessor, the predecessor is meant: until its re-encryption runs, and for {@link TimeBox#IMMEDIATE} from that call on.
     * To name a version use {@link #replace}.
     *
     * <p>Returns as soon as no node seals under the version any more and the alert is raised, or the incident notes why it could not be. This
     * node goes on in the background: it verifies the new key, counts what is under the old one, and re-encrypts. What is refused or fails on
     * the way is noted in the incident; {@link #await} waits for it.
     *
     * @param reason at most 1,000 characters
     * @param options how this node re-encrypts; with less than full effort only until the run has begun
     * @return the incident: {@link Incident#effectiveAfter} says how long it took
     * @throws IllegalArgumentException if the key type has no active version
     * @throws IllegalStateException if the thread is interrupted while it waits for nodes
     */
    public Incident rotate(KeyType type, Person by, String reason, ReencryptionOptions options) {
        return replace(meant(type), by, reason, options);
    }

    /**
     * Takes one version out of use, whatever its state: one that is not active any more is only marked, and re-encrypted. A suspended one
     * stays suspended, because to let it open again takes two people.
     *
     * @return the incident, as {@link #rotate(KeyType, Person, String, ReencryptionOptions)}
     * @throws IllegalArgumentException if the key store holds no such key
     * @throws IncidentRefusedException if the incident of the key is closed: {@link Incidents#reopen} it first
     */
    public Incident replace(KeyId key, Person by, String reason, ReencryptionOptions options) {
        requireReason(reason);
        requireKnown(key);
        Custody.Wish wish = new Custody.Wish(by.toString(), reason);
        Incident incident = incidents.store().open(key, wish, by);
        if (!incident.isOpen()) {
            throw new IncidentRefusedException(
                    incident, "is not gone on with", List.of("open it again if values are under the key again"));
        }
        duty.respond(new Chronicle(incidents.store(), incident, wish), options);
        return incidents.store().get(key);
    }

    /**
     * Waits until this node has done everything that follows a call on it: the values are counted, and their re-encryption is running. It
     * returns at once on a node that does none of that; {@link Incidents#report} tells on every node how far it is.
     *
     * @param atMost how long; after that, or if the thread is interrupted, the work goes on
     * @return the incident as it is then
     * @throws ReencryptionRefusedException if the re-encryption was refused, which is noted in the incident: {@link #replace} the key again
     *     with what is to be acknowledged
     */
    public Incident await(KeyId key, Duration atMost) {
        duty.await(key, atMost);
        return incidents.store().get(key);
    }

    /** What is under a key now, and what could not be counted: what an emergency would concern. Writes nothing. */
    public Affected affected(KeyId key) {
        return incidents.affected().count(key);
    }

    /**
     * Counts what suspending a key would cut off: the rows under it can then be read by nobody until two people have lifted the
     * suspension, and are not re-encrypted.
     *
     * @throws SuspensionRefusedException if the key is neither active nor deactivated
     */
    public Suspension suspension(KeyId key) {
        return suspensions.preview(key);
    }

    /**
     * Blocks everything under a key, on every node. One that is active is replaced at the same time, and nodes that stay silent are
     * evicted. What was counted is kept with the reason.
     *
     * @param preview counted at most five minutes ago, since when the key's state has not changed
     * @throws SuspensionRefusedException if it is older, the state is another, or the key can't be suspended any more
     */
    public KeyVersion suspend(Suspension preview, Person by, String reason) {
        requireReason(reason);
        return suspensions.suspend(preview, new Custody.Wish(by.toString(), reason));
    }

    /**
     * Lets values under a suspended key be opened again, which takes two people: {@link GuardedOperation#liftSuspension}.
     *
     * @throws ApprovalRequiredException if nobody else has approved it
     * @throws io.reseal.IllegalTransitionException if the key is not suspended
     * @throws IllegalArgumentException if the key store holds no such key
     */
    public KeyVersion liftSuspension(KeyId key, Person by, String reason) {
        requireReason(reason);
        return suspensions.lift(key, new Custody.Wish(by.toString(), reason));
    }

    /**
     * The key that a call means: the active one, unless that only seals because of an incident that still is the matter. Which key that
     * is does not depend on the clocks of nodes as long as the incident is not as far as its re-encryption.
     */
    private KeyId meant(KeyType type) {
        KeyVersion active = active(type);
        return incidents.store().open(type).stream()
                .filter(incident -> hasRetiredPredecessorOf(active, incident) && isTheMatter(incident))
                .findFirst()
                .map(Incident::key)
                .orElse(active.id());
    }

    /** Whether the key went straight from sealing to compromised at the moment at which the active one took over. */
    private boolean hasRetiredPredecessorOf(KeyVersion active, Incident incident) {
        return keys.refresh()
                .version(incident.key())
                .filter(key -> active.activated().isPresent()
                        && key.deactivated().equals(active.activated())
                        && key.entered(KeyState.COMPROMISED).equals(active.activated()))
                .isPresent();
    }

    private boolean isTheMatter(Incident incident) {
        Instant since = incidents.store().now().minus(TimeBox.IMMEDIATE.until());
        boolean isReencrypted = incident.done(IncidentStep.START_REENCRYPTION).isPresent()
                || incident.done(IncidentStep.PROVE_EMPTY).isPresent()
                || incidents.hasNothingToReencrypt();
        return !isReencrypted || incident.since().isAfter(since);
    }

    private KeyVersion active(KeyType type) {
        return keys.refresh()
                .active(type)
                .orElseThrow(() -> new IllegalArgumentException("The key type " + type
                        + " has no active version: nothing is sealed under it. Name the version"));
    }

    private void requireKnown(KeyId key) {
        KeyState state = keys.refresh()
                .version(key)
                .map(KeyVersion::state)
                .orElseThrow(() -> new IllegalArgumentException("The key store holds no key " + key));
        if (state == KeyState.DESTROYED) {
            throw new IllegalArgumentException(
                    "The key " + key + " is destroyed: nothing can be done about it any more");
        }
    }

    private static void requireReason(String reason) {
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new IllegalArgumentException("An emergency needs a reason of at most " + MAX_REASON + " characters");
        }
    }
}
