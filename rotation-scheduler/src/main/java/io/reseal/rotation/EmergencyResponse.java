package io.reseal.rotation;

import io.reseal.SealingRefusedException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.internal.reencrypt.AffectedValues;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Takes an incident from its opening to a running re-encryption. Each step is left out if the incident or the key says that it is done:
 * whoever comes after a crash goes on where it was.
 */
final class EmergencyResponse {

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

    /** What must not wait: no node seals under the key any more, and an alert says so. */
    void takeOutOfUse(Chronicle chronicle) {
        if (chronicle.incident().response().effectiveAt().isEmpty()
                || IN_USE.contains(custody.version(chronicle.key()).state())) {
            leave(chronicle);
        }
        incidents.raise(chronicle);
    }

    /**
     * Everything else that is not done yet, up to a running re-encryption.
     *
     * @throws ReencryptionRefusedException if that was refused
     */
    void proceed(Chronicle chronicle, ReencryptionOptions options) {
        if (hold(chronicle)) {
            engine.rotated(chronicle.key().type());
        }
        verify(chronicle);
        if (custody.values().isUnmapped()) {
            chronicle.note("No column was ever mapped: there is nothing to re-encrypt");
        } else {
            if (count(chronicle) && !opens(chronicle)) {
                engine.precedence().release(chronicle.key().type());
            }
            reencryptWhatOpens(chronicle, options);
        }
    }

    /**
     * Goes on for others, after a crash for example. A re-encryption that somebody has begun, and paused since, stays so.
     *
     * @return whether a re-encryption is under way
     */
    boolean goOn(Chronicle chronicle, ReencryptionOptions options) {
        takeOutOfUse(chronicle);
        if (hasBegun(chronicle.incident())) {
            verify(chronicle);
        } else {
            proceed(chronicle, options);
        }
        followUp.follow(chronicle);
        Incident incident = chronicle.incident();
        Optional<RunId> running = followUp.run(incident)
                .filter(run ->
                        incident.isOpen() && engine.precedence().standing(run).state() == RunState.RUNNING);
        running.ifPresent(run -> engine.goOn(run, options));
        return running.isPresent();
    }

    private static boolean hasBegun(Incident incident) {
        return incident.done(IncidentStep.START_REENCRYPTION).isPresent()
                || incident.done(IncidentStep.PROVE_EMPTY).isPresent();
    }

    /** Until it is counted. Whoever holds the run's row does not hold up the emergency. */
    private boolean hold(Chronicle chronicle) {
        if (chronicle.incident().response().affected().isPresent()) {
            return true;
        }
        Optional<String> problem = engine.precedence().hold(chronicle.key().type());
        problem.ifPresent(why -> chronicle.note("The run of the key type could not be held for the count: " + why));
        return problem.isEmpty();
    }

    private boolean opens(Chronicle chronicle) {
        return custody.version(chronicle.key()).state().isRetired();
    }

    private void reencryptWhatOpens(Chronicle chronicle, ReencryptionOptions options) {
        if (!opens(chronicle)) {
            KeyState state = custody.version(chronicle.key()).state();
            chronicle.note("The key is " + state + ": nothing under it opens, so that nothing is re-encrypted");
        } else if (followUp.proof(chronicle.incident()).filter(Proof::holds).isEmpty()) {
            reencrypt(chronicle, options);
        }
    }

    /** A suspended key stays so: to let it open again takes two people. */
    private void leave(Chronicle chronicle) {
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
            hold(chronicle); // its workers learn of the rotation soon, and would hide what is to be counted
        }
        nodes.await(keys.refresh().generation());
        Optional<KeyId> present = active(key);
        Instant at = chronicle.now();
        String evidence = effective(chronicle.incident(), present, at, nodes.evicted());
        if (chronicle.incident().done(IncidentStep.ROTATE_KEY).isPresent()) {
            chronicle.note(evidence);
        } else {
            chronicle.done(IncidentStep.ROTATE_KEY, evidence, response -> response.effective(present, at));
        }
    }

    private String effective(Incident incident, Optional<KeyId> present, Instant at, List<String> evicted) {
        return incident.key() + " is " + custody.version(incident.key()).state() + ", and "
                + present.map(key -> key + " seals").orElse("nothing seals") + " on all nodes, "
                + Duration.between(incident.since(), at).toMillis() + " ms after the call"
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

    /** Before its re-encryption hides what was under the key; false if that was done before. */
    private boolean count(Chronicle chronicle) {
        boolean isFirst = chronicle.incident().response().affected().isEmpty();
        if (isFirst) {
            String id = chronicle.incident().id();
            Affected counted = affected.takeDown(chronicle.key(), id);
            Incident incident = chronicle.done(
                    IncidentStep.COUNT_AFFECTED,
                    counted + " were under the key",
                    response -> response.counted(counted));
            if (!incident.response().affected().equals(Optional.of(counted))) {
                list(chronicle, id);
            }
        }
        return isFirst;
    }

    /** Another node has counted first, and may have been kept from a table whose owners were taken down here since. */
    private void list(Chronicle chronicle, String id) {
        chronicle.respond(response -> response.affected()
                .filter(first -> first.ownersDigest().isPresent())
                .map(first -> response.counted(affected.listed(first, id)))
                .orElse(response));
    }

    /** At top priority: full effort at all times, and the runs of other key types wait. */
    private void reencrypt(Chronicle chronicle, ReencryptionOptions options) {
        boolean isPaused = isPaused(chronicle.incident());
        Reencryption run = started(chronicle, options);
        run.effort(Effort.FULL);
        if (isPaused) {
            chronicle.note(run.id() + " was paused since it began, and stays so: resume it");
        } else {
            run.resume();
        }
        List<RunId> others = others(chronicle);
        List<RunId> waiting = Stream.concat(chronicle.incident().response().paused().stream(), others.stream())
                .distinct()
                .toList();
        chronicle.respond(response -> response.running(run.id(), waiting));
        others.forEach(other -> engine.precedence()
                .hold(other)
                .ifPresent(problem -> chronicle.note(other + " could not be made to wait: " + problem)));
        chronicle.done(
                IncidentStep.START_REENCRYPTION,
                "The re-encryption is " + run.id() + ", with full effort; runs that wait for it: " + waiting);
    }

    /** By somebody who knew what it is for: what waited for the count is not on record as the run of the incident yet. */
    private boolean isPaused(Incident incident) {
        return followUp.standing(incident)
                .filter(run -> run.state() == RunState.PAUSED)
                .isPresent();
    }

    /** Runs of other emergencies wait for nobody: two that wait for each other would for ever. */
    private List<RunId> others(Chronicle chronicle) {
        Set<String> spared = new HashSet<>(incidents.store().typesAtWork());
        spared.add(chronicle.key().type().name());
        return engine.precedence().others(spared);
    }

    private Reencryption started(Chronicle chronicle, ReencryptionOptions options) {
        try {
            return engine.startOrGoOn(chronicle.key().type(), options);
        } catch (ReencryptionRefusedException e) {
            chronicle.note("The re-encryption was refused: " + e.getMessage());
            throw e;
        }
    }
}
