package io.reseal.rotation;

import io.reseal.SealingRefusedException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.internal.reencrypt.AffectedValues;
import io.reseal.rotation.internal.reencrypt.Engine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an incident from its opening to a running re-encryption. Each step is left out if the incident or the key says that it is done:
 * whoever comes after a crash goes on where it was.
 */
final class EmergencyResponse {

    private static final Logger LOG = LoggerFactory.getLogger(EmergencyResponse.class);
    private static final Set<KeyState> IN_USE = Set.of(KeyState.PRE_ACTIVE, KeyState.ACTIVE, KeyState.DEACTIVATED);
    private static final String PROBE = "reseal emergency probe";

    private final KeyRegistry keys;
    private final Engine engine;
    private final Custody custody;
    private final EmergencyFollowUp followUp;
    private final AffectedValues affected;
    private final Incidents incidents;

    EmergencyResponse(KeyRegistry keys, Custody custody, EmergencyFollowUp followUp, Incidents incidents) {
        this.keys = keys;
        this.engine = followUp.engine();
        this.custody = custody;
        this.followUp = followUp;
        this.affected = incidents.affected();
        this.incidents = incidents;
    }

    /**
     * Everything that is not done yet.
     *
     * @return the re-encryption; empty where there is nothing to re-encrypt, or nothing is left
     */
    Optional<Reencryption> go(Chronicle chronicle, ReencryptionOptions options) {
        raise(chronicle);
        if (chronicle.incident().response().affected().isEmpty()) {
            engine.precedence().hold(chronicle.key().type()); // or it would hide what is to be counted
        }
        if (chronicle.incident().response().effectiveAt().isEmpty()) {
            takeOutOfUse(chronicle);
        }
        verify(chronicle);
        if (custody.values().isUnmapped()) {
            chronicle.note("No column was ever mapped: there is nothing to re-encrypt");
            return Optional.empty();
        }
        count(chronicle);
        KeyState state = custody.version(chronicle.key()).state();
        if (!state.isRetired()) {
            chronicle.note("The key is " + state + ": nothing under it opens, so that nothing is re-encrypted");
            return Optional.empty();
        }
        return followUp.proof(chronicle.incident()).filter(Proof::holds).isPresent()
                ? Optional.empty()
                : Optional.of(reencrypt(chronicle, options));
    }

    /** An alert that cannot be raised holds up nothing. */
    private void raise(Chronicle chronicle) {
        Incident incident = chronicle.incident();
        if (incident.done(IncidentStep.RAISE_ALERT).isEmpty()) {
            try {
                incidents.alert(incident);
                chronicle.done(IncidentStep.RAISE_ALERT, "A critical alert was raised");
            } catch (RuntimeException e) {
                LOG.error("No alert was raised of the {}: the rotation goes on", incident, e);
                chronicle.note("No alert was raised: " + e.getClass().getSimpleName());
            }
        }
    }

    /** A suspended key stays so: to let it open again takes two people. */
    private void takeOutOfUse(Chronicle chronicle) {
        KeyId key = chronicle.key();
        Custody.Wish wish = chronicle.wish();
        SilentNodes nodes = new SilentNodes(keys.nodes());
        KeyState state = custody.version(key).state();
        if (state == KeyState.ACTIVE) {
            keys.lifecycle().createSuccessor(key.type(), wish.actor(), wish.reason());
        }
        if (IN_USE.contains(state)) {
            nodes.acknowledged(
                    () -> keys.lifecycle().takeOutOfUse(key, KeyState.COMPROMISED, wish.actor(), wish.reason()));
        }
        engine.rotated(key.type());
        nodes.await(keys.refresh().generation());
        Optional<KeyId> present = active(key);
        Instant at = chronicle.now();
        chronicle.done(
                IncidentStep.ROTATE_KEY,
                effective(chronicle.incident(), present, at, nodes.evicted()),
                response -> response.effective(present, at));
    }

    private String effective(Incident incident, Optional<KeyId> present, Instant at, List<String> evicted) {
        return incident.key() + " is " + custody.version(incident.key()).state() + ", and "
                + present.map(key -> key + " seals").orElse("nothing seals") + " on all nodes, "
                + Duration.between(incident.openedAt(), at).toMillis() + " ms after the call"
                + (evicted.isEmpty() ? "" : "; evicted because they were silent: " + String.join(", ", evicted));
    }

    private Optional<KeyId> active(KeyId compromised) {
        return keys.refresh().active(compromised.type()).map(KeyVersion::id);
    }

    private void verify(Chronicle chronicle) {
        if (chronicle.incident().done(IncidentStep.VERIFY_KEYS).isPresent()) {
            return;
        }
        Optional<String> problem = problem(chronicle.key());
        if (problem.isPresent()) {
            chronicle.note("The keys were not verified: " + problem.get());
        } else {
            chronicle.done(
                    IncidentStep.VERIFY_KEYS,
                    "A probe was sealed under the new key and opened again; " + chronicle.key()
                            + " was refused for sealing");
        }
    }

    private Optional<String> problem(KeyId compromised) {
        FieldCipher cipher = new FieldCipher(keys, PROBE);
        byte[] probe = PROBE.getBytes(StandardCharsets.UTF_8);
        try {
            byte[] sealed = cipher.seal(compromised.type(), probe);
            if (!Arrays.equals(cipher.open(sealed), probe)) {
                return Optional.of("a probe opened to something else");
            }
        } catch (RuntimeException e) {
            return Optional.of("a probe was not sealed and opened: " + e.getMessage());
        }
        try {
            cipher.seal(compromised, probe);
            return Optional.of(compromised + " still seals");
        } catch (SealingRefusedException e) {
            return Optional.empty();
        }
    }

    /** Before its re-encryption hides what was under the key. */
    private void count(Chronicle chronicle) {
        if (chronicle.incident().response().affected().isEmpty()) {
            Affected counted =
                    affected.takeDown(chronicle.key(), chronicle.incident().id());
            chronicle.done(
                    IncidentStep.COUNT_AFFECTED,
                    counted + " were under the key",
                    response -> response.counted(counted));
        }
    }

    /** At top priority: full effort at all times, and the runs of other key types wait. */
    private Reencryption reencrypt(Chronicle chronicle, ReencryptionOptions options) {
        Reencryption run = started(chronicle, options);
        run.effort(Effort.FULL);
        run.resume();
        List<RunId> others = engine.precedence().others(chronicle.key().type());
        List<RunId> waiting = Stream.concat(chronicle.incident().response().paused().stream(), others.stream())
                .distinct()
                .toList();
        chronicle.respond(response -> response.running(run.id(), waiting));
        others.forEach(engine.precedence()::hold);
        chronicle.done(
                IncidentStep.START_REENCRYPTION,
                "The re-encryption is " + run.id() + ", with full effort; runs that wait for it: " + waiting);
        return run;
    }

    private Reencryption started(Chronicle chronicle, ReencryptionOptions options) {
        try {
            return engine.start(chronicle.key().type(), options);
        } catch (ReencryptionRefusedException e) {
            chronicle.note("The re-encryption was refused: " + e.getMessage());
            throw e;
        }
    }
}
