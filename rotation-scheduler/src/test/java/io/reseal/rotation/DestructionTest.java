package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reseal.IllegalTransitionException;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.rotation.destruction.CleanupLine;
import io.reseal.rotation.destruction.Dependant;
import io.reseal.rotation.destruction.DestructionRefusedException;
import io.reseal.rotation.destruction.Gate;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestructionTest {

    private static final KeyType DB = DestructionStage.DB;
    private static final KeyId OLD = DestructionStage.OLD;

    @TempDir
    Path directory;

    private static void refuses(ThrowingCallable step, Gate.Name... gates) {
        DestructionRefusedException refused = catchThrowableOfType(DestructionRefusedException.class, step);
        assertThat(refused).isNotNull();
        assertThat(refused.unmet()).extracting(Gate::name).containsExactly(gates);
        for (Gate gate : refused.unmet()) {
            assertThat(refused).hasMessageContaining(gate.name().name());
            assertThat(gate.remedy()).isNotEmpty();
        }
    }

    private static void acceptLoss(DestructionStage stage) {
        Backups backups = stage.rotation.backups();
        assertThatThrownBy(() -> backups.acceptUnreadable(OLD, People.ANN, "alone"))
                .isInstanceOf(ApprovalRequiredException.class);
        Approvals approvals = stage.rotation.approvals();
        approvals.approve(approvals.request(backups.acceptance(OLD), People.ANN, "old backups"), People.BOB);
        backups.acceptUnreadable(OLD, People.ANN, "old backups");
    }

    @EachDatabase
    void eachGateAloneRefusesAProposal(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            ThrowingCallable propose = () -> stage.destruction().propose(People.ANN, "nobody needs it");
            stage.clock.advance(Duration.ofMinutes(1));
            stage.prove();
            refuses(propose, Gate.Name.GRACE, Gate.Name.BACKUPS);
            acceptLoss(stage);
            refuses(propose, Gate.Name.GRACE);
            stage.clock.advance(DestructionStage.GRACE);

            stage.quarantineOneValue();
            refuses(propose, Gate.Name.QUARANTINE);
            stage.database.execute("DELETE FROM reseal_quarantine");
            attestingEnds(stage, propose, Dependant.Kind.FILE_STORE, Gate.Name.STORES);
            attestingEnds(stage, propose, Dependant.Kind.SESSION_STORE, Gate.Name.STORES);
            attestingEnds(stage, propose, Dependant.Kind.SIGNATURE_STORE, Gate.Name.STORES);
            attestingEnds(stage, propose, Dependant.Kind.CACHE, Gate.Name.CACHES);
            attestingEnds(stage, propose, Dependant.Kind.CONSUMER, Gate.Name.CONSUMERS);

            stage.rotation.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            refuses(propose, Gate.Name.BACKUPS);
            acceptLoss(stage);

            stage.ageProofs("'25' HOUR");
            assertThat(stage.destruction().checklist().unmet())
                    .extracting(Gate::name)
                    .containsExactly(Gate.Name.PROOF);
            if (kind == Databases.POSTGRESQL) {
                refuses(propose, Gate.Name.PROOF); // the soft one that proposing takes is not enough
            }
            stage.prove();
            stage.writeOldValueBack();
            refuses(propose, Gate.Name.PROOF);
            stage.writeNewValue();
            stage.prove();
            assertThat(stage.destruction()
                            .propose(People.ANN, "nobody needs it")
                            .state())
                    .isEqualTo(KeyState.PENDING_DESTROY);
        }
    }

    private static void attestingEnds(
            DestructionStage stage, ThrowingCallable propose, Dependant.Kind kind, Gate.Name gate) {
        Dependant dependant = new Dependant(kind.name().toLowerCase(Locale.ROOT), kind, DB);
        Dependants dependants = stage.rotation.dependants();
        assertThatThrownBy(() -> dependants.attest(dependant, OLD, People.BOB, "looked"))
                .hasMessageContaining("declare it before");
        dependants.declare(dependant, People.ANN);
        refuses(propose, gate);
        dependants.attest(dependant, OLD, People.BOB, "looked through it");
        assertThat(stage.destruction().checklist().gate(gate).answer()).isEqualTo(Gate.Answer.MET);
    }

    @EachDatabase
    void aKeyIsErasedByTwoPeopleAfterSevenDays(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            ThrowingCallable destroy = () -> stage.destruction().destroy(People.ANN, "nobody needs it");
            assertThatThrownBy(destroy).isInstanceOf(IllegalTransitionException.class);
            Dependant files = new Dependant("uploads", Dependant.Kind.FILE_STORE, DB);
            stage.clock.advance(DestructionStage.GRACE);
            stage.rotation.dependants().declare(files, People.ANN);
            stage.rotation.dependants().attest(files, OLD, People.BOB, "no file is under it");
            stage.clock.advance(Duration.ofDays(31));
            stage.prove();
            stage.ageProofs("'31' DAY");
            stage.rotation.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            stage.prove();
            stage.destruction().propose(People.ANN, "nobody needs it");

            stage.approve();
            refuses(destroy, Gate.Name.STORES, Gate.Name.WAITING_TIME);
            stage.rotation.dependants().attest(files, OLD, People.BOB, "nothing failed to open");
            refuses(destroy, Gate.Name.WAITING_TIME);
            stage.clock.advance(Duration.ofDays(7).minusSeconds(1));
            refuses(destroy, Gate.Name.WAITING_TIME, Gate.Name.APPROVALS); // the request has expired
            stage.clock.advance(Duration.ofSeconds(1));
            refuses(destroy, Gate.Name.APPROVALS);
            ApprovalRequest request = stage.destruction().requestApproval(People.ANN, "nobody needs it");
            refuses(destroy, Gate.Name.APPROVALS);
            stage.rotation.approvals().approve(request, People.BOB);

            stage.writeOldValueBack();
            refuses(destroy, Gate.Name.PROOF, Gate.Name.BACKUPS);
            stage.writeNewValue();
            stage.prove();
            refuses(destroy, Gate.Name.BACKUPS); // values were under it in the meantime
            acceptLoss(stage);
            refuses(destroy, Gate.Name.APPROVALS); // whoever approved did not know of the loss
            stage.approve();
            assertThat(stage.destruction().erasedEffectiveAt()).isEmpty();
            assertThat(stage.destruction()
                            .destroy(People.ANN, "nobody needs it")
                            .state())
                    .isEqualTo(KeyState.DESTROYED);

            Instant destroyed = stage.clock.instant();
            assertThat(stage.destruction().erasedEffectiveAt()).contains(destroyed.plus(Duration.ofDays(30)));
            assertThat(stage.database.query(
                            "SELECT detail FROM reseal_audit WHERE action IN ('propose-destroy', 'destroy')"))
                    .hasSize(2)
                    .allSatisfy(detail -> assertThat(detail).contains("PROOF MET", "LOOKUP_HASHES ABSENT"));
            assertThat(stage.destruction().destroy(People.ANN, "again").state()).isEqualTo(KeyState.DESTROYED);
        }
    }

    @Test
    void aValueThatIsWrittenBackStopsTheDestruction() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.propose();
            acceptLoss(stage);
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            stage.approve();
            stage.writeOldValueBack();
            refuses(() -> stage.destruction().destroy(People.ANN, "nobody needs it"), Gate.Name.PROOF);
            assertThat(stage.database.query("SELECT actor, subject, reason, detail FROM reseal_audit"
                            + " WHERE action = 'refuse-destroy'"))
                    .singleElement()
                    .asString()
                    .startsWith("sso:1001|database_encryption version 1|nobody needs it|")
                    .contains("PROOF NOT_MET");
            assertThat(stage.rotation.keys(DB).get(0).state()).isEqualTo(KeyState.PENDING_DESTROY);
        }
    }

    @Test
    void aSuspendedKeyIsCountedAndNotProposed() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.clock.advance(DestructionStage.GRACE);
            stage.writeOldValueBack();
            stage.keys.lifecycle().suspend(OLD, "test", "a doubt");
            assertThat(stage.rotation.proofs().take(OLD).remaining()).isOne();
            assertThatThrownBy(() -> stage.destruction().propose(People.ANN, "nobody needs it"))
                    .isInstanceOf(IllegalTransitionException.class)
                    .hasMessageContaining("SUSPENDED");
            assertThatThrownBy(() -> stage.rotation.proofs().take(new KeyId(DB, 2)))
                    .hasMessageContaining("Rotate database_encryption first");
        }
    }

    @Test
    void theCleanupLeavesToAPersonWhatThePolicyAsksOneFor() throws Exception {
        Map<String, String> chosen = Map.of("reseal.policy.database_encryption.approvals", "1");
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, chosen)) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            assertThat(stage.rotation.cleanUp())
                    .singleElement()
                    .satisfies(line -> assertThat(line.outcome()).isEqualTo(CleanupLine.Outcome.LEFT))
                    .satisfies(line -> assertThat(line.unmet())
                            .singleElement()
                            .asString()
                            .contains("APPROVALS NOT_MET", "asks for a person"));
            assertThat(stage.destruction().destroy(People.ANN, "alone").state()).isEqualTo(KeyState.DESTROYED);
        }
    }

    @Test
    void theCleanupLeavesACompromisedKeyToAPerson() throws Exception {
        Map<String, String> chosen = Map.of("reseal.policy.database_encryption.approvals", "0");
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, chosen)) {
            stage.keys.lifecycle().markCompromised(OLD, "test", "found on a forum");
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            assertThat(stage.rotation.cleanUp())
                    .singleElement()
                    .satisfies(line -> assertThat(line.outcome()).isEqualTo(CleanupLine.Outcome.LEFT))
                    .satisfies(line -> assertThat(line.unmet())
                            .singleElement()
                            .asString()
                            .contains("APPROVALS NOT_MET", "a person looks into that"));
            assertThat(stage.destruction().destroy(People.ANN, "looked into").state())
                    .isEqualTo(KeyState.DESTROYED);
        }
    }

    @Test
    void approvalsEndWithTheProposalThatTheyWereFor() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            stage.approve();
            assertThat(stage.destruction().checklist().isMet()).isTrue();
            stage.clock.advance(Duration.ofMinutes(1));
            assertThat(stage.destruction().cancel(People.BOB, "wait").state()).isEqualTo(KeyState.DEACTIVATED);
            stage.destruction().propose(People.ANN, "nobody needs it");
            refuses(
                    () -> stage.destruction().destroy(People.ANN, "nobody needs it"),
                    Gate.Name.WAITING_TIME,
                    Gate.Name.APPROVALS);
        }
    }

    /** One clock of the two that is far ahead. */
    private static void withOneClockAhead(DestructionStage stage, Duration ahead, Consumer<KeyRotation> step) {
        TestClock other = TestClock.standing();
        other.set(stage.clock.instant().plus(ahead));
        for (boolean isNode : List.of(true, false)) {
            try (KeyRotation node = KeyRotation.open(
                    stage.settings, isNode ? other : stage.clock, engine -> isNode ? stage.clock : other)) {
                step.accept(node);
            }
        }
    }

    @Test
    void aClockThatIsSetAheadHastensNothing() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.rotation.backups().declare("backups", Duration.ZERO, People.ANN);
            stage.clock.advance(Duration.ofMinutes(1));
            stage.prove();
            withOneClockAhead(
                    stage,
                    DestructionStage.GRACE,
                    node -> refuses(() -> node.destruction(OLD).propose(People.ANN, "early"), Gate.Name.GRACE));
            stage.propose();
            stage.approve();
            withOneClockAhead(
                    stage,
                    KeyDestruction.WAITING_TIME,
                    node -> refuses(
                            () -> node.destruction(OLD).destroy(People.ANN, "early"),
                            Gate.Name.WAITING_TIME,
                            Gate.Name.APPROVALS)); // by such a clock, they have ended
        }
    }

    @Test
    void aClockThatIsBehindWhenAKeyIsProposedShortensNoWaiting() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.rotation.backups().declare("backups", Duration.ZERO, People.ANN);
            TestClock behind = TestClock.standing();
            behind.set(stage.clock.instant().plus(DestructionStage.GRACE));
            stage.clock.advance(DestructionStage.GRACE.plus(KeyDestruction.WAITING_TIME));
            stage.prove();
            try (KeyRotation node = KeyRotation.open(stage.settings, behind, engine -> stage.clock)) {
                node.destruction(OLD).propose(People.ANN, "nobody needs it");
            }
            stage.clock.advance(KeyDestruction.WAITING_TIME.minusSeconds(1));
            assertThat(stage.destruction()
                            .checklist()
                            .gate(Gate.Name.WAITING_TIME)
                            .isUnmet())
                    .isTrue();
            stage.clock.advance(Duration.ofSeconds(1));
            assertThat(stage.destruction()
                            .checklist()
                            .gate(Gate.Name.WAITING_TIME)
                            .isUnmet())
                    .isFalse();
        }
    }

    @Test
    void anAttestationServesForOneProposal() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            ThrowingCallable propose = () -> stage.destruction().propose(People.ANN, "nobody needs it");
            Dependant files = new Dependant("uploads", Dependant.Kind.FILE_STORE, DB);
            Dependants dependants = stage.rotation.dependants();
            dependants.declare(files, People.ANN);
            dependants.attest(files, OLD, People.BOB, "no file is under it");
            stage.propose();
            withOneClockAhead(
                    stage,
                    Duration.ofDays(300),
                    node -> node.dependants().attest(files, OLD, People.BOB, "nothing failed to open"));
            assertThat(stage.destruction().checklist().gate(Gate.Name.STORES).isUnmet())
                    .isFalse();
            stage.clock.advance(Duration.ofMinutes(1));
            stage.destruction().cancel(People.BOB, "wait");
            refuses(propose, Gate.Name.STORES);
            dependants.attest(files, OLD, People.BOB, "no file is under it");
            stage.destruction().propose(People.ANN, "nobody needs it");
            assertThat(stage.destruction().checklist().gate(Gate.Name.STORES).isUnmet())
                    .isTrue();
        }
    }

    @Test
    void anAttestationServesForNoLaterProposalWhoeverCancels() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            Dependant files = new Dependant("uploads", Dependant.Kind.FILE_STORE, DB);
            Dependants dependants = stage.rotation.dependants();
            dependants.declare(files, People.ANN);
            dependants.attest(files, OLD, People.BOB, "no file is under it");
            stage.propose();
            stage.clock.advance(Duration.ofMinutes(1));
            stage.destruction().cancel(People.BOB, "wait");
            refuses(() -> stage.destruction().propose(People.ANN, "nobody needs it"), Gate.Name.STORES);
            stage.keys.lifecycle().proposeDestroy(OLD, "test", "all the same");
            dependants.attest(files, OLD, People.BOB, "nothing failed to open");
            stage.clock.advance(Duration.ofMinutes(1));
            stage.keys.lifecycle().cancelDestroy(OLD, "test", "wait");
            stage.keys.lifecycle().proposeDestroy(OLD, "test", "all the same");
            assertThat(stage.destruction().checklist().gate(Gate.Name.STORES).isUnmet())
                    .isTrue();
        }
    }

    /** Else backups of the time before would count as empty. */
    @Test
    void whatIsAttestedWhileAKeyIsInUseCountsForNothing() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            KeyId next = new KeyId(DB, 2);
            Dependant files = new Dependant("uploads", Dependant.Kind.FILE_STORE, DB);
            Dependants dependants = stage.rotation.dependants();
            dependants.declare(files, People.ANN);
            dependants.attest(files, next, People.BOB, "not used yet");
            stage.clock.advance(Duration.ofDays(30));
            stage.rotate(DB);
            KeyDestruction end = stage.rotation.destruction(next);
            assertThat(end.checklist().gate(Gate.Name.STORES).isUnmet()).isTrue();
            Instant retired = stage.clock.instant();
            assertThat(dependants
                            .attest(files, next, People.BOB, "looked through it")
                            .since())
                    .isEqualTo(retired);
        }
    }

    @Test
    void thoseWhoApproveAreToldWhatCopiesThereAre() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            stage.approve();
            assertThat(stage.rotation.approvals().open())
                    .singleElement()
                    .asString()
                    .contains("copies of the databases=backups kept for PT0S");
            stage.rotation.backups().declare("tapes", Duration.ZERO, People.ANN);
            refuses(() -> stage.destruction().destroy(People.ANN, "nobody needs it"), Gate.Name.APPROVALS);
            stage.approve();
            stage.destruction().destroy(People.ANN, "nobody needs it");
            assertThat(stage.database.query("SELECT body FROM reseal_record WHERE kind = 'destruction-checklist'"
                            + " AND id = 'database_encryption/1/PENDING_DESTROY'"))
                    .singleElement()
                    .asString()
                    .contains("\"copies\":\"backups kept for PT0S, tapes kept for PT0S\"");
        }
    }

    @Test
    void anAcceptedLossEndsWithTheCancellation() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            ThrowingCallable propose = () -> stage.destruction().propose(People.ANN, "nobody needs it");
            Backups backups = stage.rotation.backups();
            backups.declare("nightly", Duration.ofDays(30), People.ANN);
            stage.clock.advance(DestructionStage.GRACE);
            stage.prove();
            acceptLoss(stage);
            stage.destruction().propose(People.ANN, "nobody needs it");
            assertThat(stage.destruction().checklist().gate(Gate.Name.BACKUPS).isUnmet())
                    .isFalse();
            Approvals approvals = stage.rotation.approvals();
            approvals.approve(approvals.request(backups.acceptance(OLD), People.ANN, "old backups"), People.BOB);
            stage.clock.advance(Duration.ofMinutes(1));
            stage.destruction().cancel(People.BOB, "wait");
            refuses(propose, Gate.Name.BACKUPS);
            assertThatThrownBy(() -> backups.acceptUnreadable(OLD, People.ANN, "with the approvals of before"))
                    .isInstanceOf(ApprovalRequiredException.class);
        }
    }

    @Test
    void aRetentionIsShortenedByTwoPeopleOnly() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            Backups backups = stage.rotation.backups();
            backups.declare("nightly", Duration.ofDays(30), People.ANN);
            backups.declare("weekly", Duration.ofDays(10), People.ANN);
            assertThatThrownBy(() -> backups.declare("nightly", Duration.ofDays(20), People.ANN))
                    .isInstanceOf(ApprovalRequiredException.class);
            Approvals approvals = stage.rotation.approvals();
            approvals.approve(
                    approvals.request(backups.shortening("nightly", Duration.ofDays(20)), People.ANN, "disks"),
                    People.BOB);
            backups.declare("nightly", Duration.ofDays(20), People.ANN);
            assertThat(backups.longestRetention()).contains(Duration.ofDays(20));
        }
    }

    @EachDatabase
    void theCleanupErasesSessionKeysAndProposesTheRest(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            KeyType session = KeyType.SESSION_ENCRYPTION;
            KeyId oldSession = new KeyId(session, 1);
            stage.keys.ensureActive(session);
            stage.rotate(session);
            assertThat(stage.rotation.cleanUp()).isEmpty();

            stage.clock.advance(Duration.ofDays(7));
            assertThat(stage.rotation.cleanUp())
                    .containsExactly(new CleanupLine(oldSession, CleanupLine.Outcome.PROPOSED, List.of()));
            assertThat(stage.rotation.cleanUp())
                    .extracting(CleanupLine::outcome)
                    .containsExactly(CleanupLine.Outcome.LEFT);
            stage.clock.advance(Duration.ofDays(7));
            assertThat(stage.rotation.cleanUp())
                    .containsExactly(new CleanupLine(oldSession, CleanupLine.Outcome.DESTROYED, List.of()));

            stage.clock.advance(DestructionStage.GRACE);
            assertThat(stage.rotation.cleanUp().get(0).unmet())
                    .extracting(Gate::name)
                    .containsExactly(Gate.Name.BACKUPS);
            stage.rotation.backups().declare("backups", Duration.ZERO, People.ANN);
            assertThat(stage.rotation.cleanUp())
                    .containsExactly(new CleanupLine(OLD, CleanupLine.Outcome.PROPOSED, List.of()));
            stage.clock.advance(Duration.ofDays(7));
            assertThat(stage.rotation.cleanUp().get(0).unmet())
                    .extracting(Gate::name)
                    .containsExactly(Gate.Name.APPROVALS);
            stage.destruction().cancel(People.BOB, "wait");
            assertThat(stage.rotation.cleanUp())
                    .containsExactly(new CleanupLine(OLD, CleanupLine.Outcome.HELD, List.of()));
        }
    }

    @Test
    void theCleanupErasesWhatAPolicyLetsGoWithoutApproval() throws Exception {
        Map<String, String> chosen = Map.of("reseal.policy.database_encryption.approvals", "0");
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, chosen)) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            stage.writeOldValueBack();
            assertThat(stage.rotation.cleanUp())
                    .extracting(CleanupLine::outcome)
                    .containsExactly(CleanupLine.Outcome.LEFT);
            acceptLoss(stage);
            stage.writeNewValue();
            assertThat(stage.rotation.cleanUp())
                    .extracting(CleanupLine::outcome)
                    .containsExactly(CleanupLine.Outcome.DESTROYED);
        }
    }
}
