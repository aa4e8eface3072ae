package io.reseal.rotation;

import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.rotation.destruction.CleanupLine;
import io.reseal.rotation.destruction.DestructionChecklist;
import io.reseal.rotation.destruction.Gate;
import io.reseal.rotation.internal.reencrypt.Proving;
import io.reseal.rotation.internal.reencrypt.Waiting;
import io.reseal.rotation.reencryption.ProofBlockedException;
import io.reseal.rotation.reencryption.ProofRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what needs no people with keys whose grace is over, and proposes the rest. */
final class Cleanup {

    private static final Logger LOG = LoggerFactory.getLogger(Cleanup.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Custody.Wish WISH = new Custody.Wish("reseal", "weekly cleanup");

    private final Custody custody;
    private final Proving proving;

    Cleanup(Custody custody, Proving proving) {
        this.custody = custody;
        this.proving = proving;
    }

    List<CleanupLine> run() {
        return custody.versions().stream()
                .flatMap(version -> clean(version).stream())
                .toList();
    }

    private Optional<CleanupLine> clean(KeyVersion version) {
        boolean proposed = version.state() == KeyState.PENDING_DESTROY;
        if (!proposed && (!version.state().isRetired() || custody.grace(version).isUnmet())) {
            return Optional.empty();
        }
        if (custody.isHeld(version.id())) {
            return line(version, CleanupLine.Outcome.HELD, List.of());
        }
        if (proposed && needsPeople(version)) {
            return line(version, CleanupLine.Outcome.LEFT, withPeople(version));
        }
        List<Gate> unmet = unmet(version);
        if (!unmet.isEmpty()
                || custody.decisions().decide(keyring -> step(keyring, version)).isEmpty()) {
            return line(version, CleanupLine.Outcome.LEFT, unmet);
        }
        return line(version, proposed ? CleanupLine.Outcome.DESTROYED : CleanupLine.Outcome.PROPOSED, List.of());
    }

    /** Nothing if somebody has changed the key meanwhile, or something stands against the step by now. */
    private Optional<KeyDecision> step(Keyring keyring, KeyVersion seen) {
        if (!Custody.version(keyring, seen.id()).equals(seen) || Custody.isHeld(keyring, seen.id())) {
            return Optional.empty();
        }
        return Optional.of(custody.checklist(seen))
                .filter(DestructionChecklist::isMet)
                .map(checklist -> custody.step(checklist, WISH));
    }

    /** Counts and proves only where nothing else stands against the step. */
    private List<Gate> unmet(KeyVersion version) {
        List<Gate> others = custody.checklist(version).unmet().stream()
                .filter(gate -> gate.name() != Gate.Name.PROOF && gate.name() != Gate.Name.BACKUPS)
                .toList();
        if (!others.isEmpty()) {
            return others;
        }
        prove(version);
        return custody.checklist(version).unmet();
    }

    /** What was compromised, people look into, whatever the policy says. */
    private boolean needsPeople(KeyVersion version) {
        return custody.policy(version).approvals() > 0 || isCompromised(version);
    }

    private static boolean isCompromised(KeyVersion version) {
        return version.origin().equals(Optional.of(KeyState.COMPROMISED));
    }

    private List<Gate> withPeople(KeyVersion version) {
        List<Gate> unmet = custody.checklist(version).unmet();
        return unmet.stream().anyMatch(gate -> gate.name() == Gate.Name.APPROVALS)
                ? unmet
                : Stream.concat(unmet.stream(), Stream.of(byPerson(version))).toList();
    }

    private static Gate byPerson(KeyVersion version) {
        return Gate.notMet(
                Gate.Name.APPROVALS,
                isCompromised(version)
                        ? "the key is compromised: a person looks into that before it goes"
                        : "the policy of " + version.type() + " asks for a person",
                "Erase it with KeyDestruction.destroy");
    }

    private void prove(KeyVersion version) {
        custody.values().count(version.id());
        if (custody.checklist(version).gate(Gate.Name.PROOF).isUnmet()
                && custody.values().needsHard(version.type())) {
            try {
                proving.hard(version.id(), new Waiting(PATIENCE, blockers -> {}));
            } catch (ProofRefusedException | ProofBlockedException e) {
                LOG.warn("The key {} could not be proved to be unused: {}", version.id(), e.getMessage());
            }
        }
    }

    private static Optional<CleanupLine> line(KeyVersion version, CleanupLine.Outcome outcome, List<Gate> unmet) {
        return Optional.of(new CleanupLine(version.id(), outcome, unmet));
    }
}
