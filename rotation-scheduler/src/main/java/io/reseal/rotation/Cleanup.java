package io.reseal.rotation;

import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.internal.reencrypt.Proving;
import io.reseal.rotation.internal.reencrypt.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
        if (needsPeople(version)) {
            return line(
                    version,
                    CleanupLine.Outcome.LEFT,
                    custody.checklist(version).unmet());
        }
        List<Gate> unmet = unmet(version);
        if (!unmet.isEmpty()) {
            return line(version, CleanupLine.Outcome.LEFT, unmet);
        }
        DestructionChecklist checklist = custody.checklist(version);
        if (proposed) {
            custody.destroy(checklist, WISH);
            return line(version, CleanupLine.Outcome.DESTROYED, List.of());
        }
        custody.propose(checklist, WISH);
        return line(version, CleanupLine.Outcome.PROPOSED, List.of());
    }

    /** Counts and proves only where nothing else stands against the step. */
    private List<Gate> unmet(KeyVersion version) {
        List<Gate> others = unmetOf(version).stream()
                .filter(gate -> gate.name() != Gate.Name.PROOF && gate.name() != Gate.Name.BACKUPS)
                .toList();
        if (!others.isEmpty()) {
            return others;
        }
        prove(version);
        return unmetOf(version);
    }

    private List<Gate> unmetOf(KeyVersion version) {
        return custody.checklist(version).unmet().stream()
                .filter(gate -> !isExempt(gate, version))
                .toList();
    }

    private boolean isExempt(Gate gate, KeyVersion version) {
        return gate.name() == Gate.Name.APPROVALS && goesByItself(version);
    }

    private boolean needsPeople(KeyVersion version) {
        return version.state() == KeyState.PENDING_DESTROY
                && custody.policy(version).approvals() > 0
                && !goesByItself(version);
    }

    /** Sessions and signatures, whose time is over whoever says so; not what was compromised, which people look into. */
    private boolean goesByItself(KeyVersion version) {
        return custody.policy(version).graceEnd() instanceof GraceEnd.Expiry
                && version.origin().orElse(version.state()) == KeyState.DEACTIVATED;
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
