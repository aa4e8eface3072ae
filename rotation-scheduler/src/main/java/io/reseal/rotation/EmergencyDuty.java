package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.reencrypt.IncidentClaims;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node does about compromised keys: at once when it is called, and then in the background, also for nodes that have crashed. */
final class EmergencyDuty implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmergencyDuty.class);

    private final EmergencyResponse response;
    private final Incidents incidents;
    private final IncidentClaims claims;
    private final EmergencyWork work = new EmergencyWork();
    private final IncidentWatch watch;

    /** @param interval how often open incidents are looked at; zero for never */
    EmergencyDuty(EmergencyResponse response, Incidents incidents, IncidentClaims claims, Duration interval) {
        this.response = response;
        this.incidents = incidents;
        this.claims = claims;
        this.watch = new IncidentWatch(incidents.store(), claims, work, this::goOn, interval);
    }

    void start() {
        watch.start();
    }

    /** Returns once the key is out of use on every node, and goes on in the background. */
    void respond(Chronicle chronicle, ReencryptionOptions options) {
        claim(chronicle);
        response.takeOutOfUse(chronicle);
        work.add(chronicle.key(), () -> proceed(chronicle, options));
    }

    /** Others need not do the same; if they do, nothing is worse for it. */
    private void claim(Chronicle chronicle) {
        try {
            claims.take(Incident.id(chronicle.key()));
        } catch (RuntimeException e) {
            LOG.warn(
                    "Other nodes may do the same about {}: {}",
                    chronicle.key(),
                    e.getClass().getName());
        }
    }

    private void proceed(Chronicle chronicle, ReencryptionOptions options) {
        try {
            response.proceed(chronicle, options);
        } catch (RuntimeException e) {
            tell(chronicle, e);
            throw e;
        }
    }

    void await(KeyId key, Duration atMost) {
        work.await(key, atMost);
    }

    private boolean goOn(KeyId key) {
        Chronicle chronicle = incidents.chronicle(key);
        try {
            return response.goOn(chronicle, EmergencyRotation.TOP_PRIORITY);
        } catch (RuntimeException e) {
            tell(chronicle, e);
            return false;
        }
    }

    /** A refusal is on record already, with what it says; of anything else the message could quote what it should not. */
    private void tell(Chronicle chronicle, RuntimeException e) {
        if (work.isClosed()) {
            LOG.debug("This node leaves the incident of {} to others", chronicle.key(), e);
        } else if (e instanceof ReencryptionRefusedException) {
            LOG.error("The values under {} are not re-encrypted", chronicle.key(), e);
        } else {
            LOG.error("The emergency of {} does not go on, and is tried again", chronicle.key(), e);
            note(
                    chronicle,
                    "It did not go on, and is tried again: " + e.getClass().getSimpleName());
        }
    }

    private static void note(Chronicle chronicle, String text) {
        try {
            chronicle.note(text);
        } catch (RuntimeException e) {
            LOG.error("That could not be noted in the incident of {}", chronicle.key(), e);
        }
    }

    /** Leaves off; what was begun goes on, on nodes that work on it. */
    @Override
    public void close() {
        work.close();
        watch.close();
    }
}
