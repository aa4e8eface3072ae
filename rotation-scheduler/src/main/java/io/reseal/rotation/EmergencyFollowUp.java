package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.destruction.Gate;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.internal.reencrypt.Precedence;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.TableProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes note of how the re-encryption of a compromised key goes on, and says what is missing to its end. */
final class EmergencyFollowUp {

    private final Engine engine;
    private final Custody custody;

    EmergencyFollowUp(Engine engine, Custody custody) {
        this.engine = engine;
        this.custody = custody;
    }

    Engine engine() {
        return engine;
    }

    /** Writes down what has been reached since, and lets other runs go on once this one is over. */
    void follow(Chronicle chronicle) {
        if (!chronicle.incident().isOpen()) {
            return;
        }
        findRun(chronicle);
        run(chronicle.incident()).ifPresent(run -> {
            Precedence.Standing standing = engine.precedence().standing(run);
            switch (standing.state()) {
                case RUNNING, PAUSED -> {}
                case COMPLETED -> {
                    complete(chronicle, run, standing);
                    releaseOthers(chronicle);
                }
                case FAILED, CANCELLED -> {
                    chronicle.note("The re-encryption " + run + " is " + standing.state()
                            + standing.failure().map(why -> ": " + why).orElse(""));
                    releaseOthers(chronicle);
                }
            }
        });
        proof(chronicle.incident()) // after the run is looked at: its proof is there before its end
                .filter(Proof::holds)
                .ifPresent(holding -> chronicle.done(IncidentStep.PROVE_EMPTY, evidence(holding)));
    }

    /** A process may have crashed after it began a run, and before it wrote that down. */
    private void findRun(Chronicle chronicle) {
        Incident incident = chronicle.incident();
        if (incident.response().run().isEmpty()) {
            incident.response()
                    .affected()
                    .flatMap(affected -> engine.precedence().since(incident.key(), affected.countedAt()))
                    .ifPresent(run -> chronicle.done(
                            IncidentStep.START_REENCRYPTION,
                            "The re-encryption is " + run + ", which was found at work",
                            response -> response.running(run, response.paused())));
        }
    }

    /** The newest that took values from under the key: somebody may have cancelled the first one. A closed incident keeps its own. */
    Optional<RunId> run(Incident incident) {
        if (!incident.isOpen()) {
            return incident.response().run();
        }
        return engine.evidence()
                .lastRun(incident.key())
                .filter(run -> incident.response().run().isPresent());
    }

    /** How the re-encryption stands; empty if there is none. */
    Optional<Precedence.Standing> standing(Incident incident) {
        return run(incident).map(engine.precedence()::standing);
    }

    /** The newest proof that was taken after the values under the key were counted; both by the database's clock. A closed incident keeps its own. */
    Optional<Proof> proof(Incident incident) {
        if (!incident.isOpen()) {
            return incident.response().proof();
        }
        return incident.response()
                .affected()
                .flatMap(affected -> engine.proving().of(incident.key()).stream()
                        .findFirst()
                        .filter(proof -> !proof.takenAt().isBefore(affected.countedAt())));
    }

    /** What stands against closing an incident, each with its remedy. */
    List<String> missing(Incident incident) {
        KeyVersion version = custody.version(incident.key());
        if (version.state() == KeyState.DESTROYED || !incident.isOpen()) {
            return List.of();
        }
        if (incident.response().effectiveAt().isEmpty()) {
            return List.of(
                    "it is not known that every node has left the key. Call EmergencyRotation again, which goes on"
                            + " where it was");
        }
        List<String> missing = new ArrayList<>();
        notMarked(version).ifPresent(missing::add);
        if (!custody.values().isUnmapped()) {
            notProved(incident).ifPresent(missing::add);
        }
        DependantGates stores = new DependantGates(custody.dependants());
        Stream.of(stores.stores(version, custody.policy(version)), stores.caches(version))
                .filter(Gate::isUnmet)
                .map(Gate::toString)
                .forEach(missing::add);
        return missing;
    }

    private static Optional<String> notMarked(KeyVersion version) {
        return switch (version.state()) {
            case SUSPENDED ->
                Optional.of(
                        "the key is SUSPENDED, and not marked as compromised: nothing under it opens, so that nothing is"
                                + " re-encrypted. Lift the suspension, which takes two people, and call EmergencyRotation.replace");
            case PRE_ACTIVE, ACTIVE, DEACTIVATED ->
                Optional.of("the key is " + version.state()
                        + ", and not marked as compromised. Call EmergencyRotation.replace again");
            case COMPROMISED, PENDING_DESTROY, DESTROYED -> Optional.empty();
        };
    }

    private Optional<String> notProved(Incident incident) {
        KeyId key = incident.key();
        Optional<Proof> proof = proof(incident);
        if (proof.isEmpty()) {
            return Optional.of("no proof says yet that nothing is left under " + key
                    + (incident.response().run().isPresent()
                            ? ". Wait for the re-encryption, or take one with KeyRotation.proofs"
                            : ". The re-encryption has not begun: the notes say why, if it was refused. Call"
                                    + " EmergencyRotation.replace with what is to be acknowledged"));
        }
        if (proof.get().remaining() > 0) {
            String places = proof.get().columns().stream()
                    .filter(column -> column.remaining() > 0)
                    .map(column -> column.remaining() + " in " + column.table() + "." + column.column())
                    .collect(Collectors.joining(", "));
            return Optional.of("values are left under " + key + ", " + places + ". Mend or delete what could not be"
                    + " opened, and re-encrypt " + key.type() + " again");
        }
        return proof.get().holds()
                ? Optional.empty()
                : Optional.of("the last proof does not stand: "
                        + (proof.get().isVoid()
                                ? String.join(", ", proof.get().voidedBecause())
                                : "it looked at no column")
                        + ". Take one with KeyRotation.proofs");
    }

    private static void complete(Chronicle chronicle, RunId run, Precedence.Standing standing) {
        long changed =
                standing.tables().stream().mapToLong(TableProgress::changed).sum();
        long superseded =
                standing.tables().stream().mapToLong(TableProgress::superseded).sum();
        chronicle.done(
                IncidentStep.COMPLETE_REENCRYPTION,
                run + " changed " + changed + " rows in " + standing.tables().size() + " tables, " + superseded
                        + " more were changed by the application before");
        if (standing.quarantined() == 0) {
            chronicle.done(IncidentStep.CHECK_INTEGRITY, run + " opened every value that it met");
        } else {
            chronicle.note(run + " left " + standing.quarantined()
                    + " values as they are, because they could not be opened or written");
        }
    }

    /** One whose row is locked is tried again the next time. */
    private void releaseOthers(Chronicle chronicle) {
        List<RunId> waiting = chronicle.incident().response().paused();
        List<RunId> held = waiting.stream()
                .filter(run -> engine.precedence().release(run).isPresent())
                .toList();
        if (!held.equals(waiting)) {
            chronicle.respond(response -> response.withWaiting(held));
        }
    }

    private static String evidence(Proof proof) {
        return "A " + proof.strength() + " proof of " + proof.takenAt() + " found nothing in "
                + proof.columns().size() + " columns";
    }
}
