package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealException;
import io.reseal.keys.KeyState;
import io.reseal.rotation.destruction.Dependant;
import io.reseal.rotation.destruction.DestructionRefusedException;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another node does something at each moment at which a destruction looks at its clock, from the first gate to the transition. */
class DestructionInterleavingTest {

    @TempDir
    Path directory;

    private interface Step {
        void take(DestructionStage stage) throws Exception;
    }

    /** Lets something happen when a decision asks the time for the n-th time; the audit log does so inside the transition. */
    private static final class Interruption extends Clock {

        private static final StackWalker STACK = StackWalker.getInstance();

        private final DestructionStage stage;
        private final Step step;
        private int left;

        Interruption(DestructionStage stage, Step step, int nth) {
            this.stage = stage;
            this.step = step;
            this.left = nth;
        }

        @Override
        public Instant instant() {
            if (isDecision() && --left == 0) {
                try {
                    step.take(stage);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
            return stage.clock.instant();
        }

        boolean wasReached() {
            return left <= 0;
        }

        private static boolean isDecision() {
            return STACK.walk(frames -> {
                List<String> names =
                        frames.map(StackWalker.StackFrame::getClassName).toList();
                return names.stream().noneMatch(name -> name.endsWith("KeyringCache") || name.endsWith("AuditJournal"))
                        && names.stream().anyMatch(name -> name.endsWith("KeyDecisions"));
            });
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /** At whatever moment it happens, the key stays, because nothing of it may come before the destruction. */
    private void keepsTheKey(Step step) throws Exception {
        int moments = 0;
        boolean reached;
        do {
            try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
                stage.propose();
                stage.clock.advance(KeyDestruction.WAITING_TIME);
                stage.approve();
                Interruption clock = new Interruption(stage, step, ++moments);
                destroy(stage, clock);
                reached = clock.wasReached();
                assertThat(stage.rotation.keys(DestructionStage.DB).get(0).state())
                        .as("interrupted at moment %s", moments)
                        .isEqualTo(reached ? KeyState.PENDING_DESTROY : KeyState.DESTROYED);
            }
        } while (reached);
        assertThat(moments).isGreaterThan(4);
    }

    /** A cleanup that may erase without people, at the same moments. */
    private void keepsTheKeyFromTheCleanup(Step step) throws Exception {
        Map<String, String> chosen = Map.of("reseal.policy.database_encryption.approvals", "0");
        int moments = 0;
        boolean reached;
        do {
            try (DestructionStage stage = new DestructionStage(Databases.H2, directory, chosen)) {
                stage.propose();
                stage.clock.advance(KeyDestruction.WAITING_TIME);
                Interruption clock = new Interruption(stage, step, ++moments);
                try (KeyRotation node = KeyRotation.open(stage.settings, clock, engine -> stage.clock)) {
                    node.cleanUp();
                }
                reached = clock.wasReached();
                assertThat(stage.rotation.keys(DestructionStage.DB).get(0).state() == KeyState.DESTROYED)
                        .as("interrupted at moment %s", moments)
                        .isEqualTo(!reached);
            }
        } while (reached);
        assertThat(moments).isGreaterThan(1);
    }

    @Test
    void aCancellationAndANewProposalDuringACleanup() throws Exception {
        keepsTheKeyFromTheCleanup(stage -> {
            stage.clock.advance(Duration.ofMinutes(1));
            stage.keys.lifecycle().cancelDestroy(DestructionStage.OLD, "bob", "wait");
            stage.keys.lifecycle().proposeDestroy(DestructionStage.OLD, "bob", "all the same");
        });
    }

    @Test
    void aStoreThatIsDeclaredDuringACleanup() throws Exception {
        keepsTheKeyFromTheCleanup(stage -> stage.rotation
                .dependants()
                .declare(new Dependant("uploads", Dependant.Kind.FILE_STORE, DestructionStage.DB), People.BOB));
    }

    private static void destroy(DestructionStage stage, Clock clock) {
        try (KeyRotation node = KeyRotation.open(stage.settings, clock, engine -> stage.clock)) {
            node.destruction(DestructionStage.OLD).destroy(People.ANN, "nobody needs it");
        } catch (ResealException refused) {
            assertThat(refused).isInstanceOfAny(DestructionRefusedException.class, ApprovalRequiredException.class);
        }
    }

    @Test
    void aCancellationAndANewProposal() throws Exception {
        keepsTheKey(stage -> {
            stage.clock.advance(Duration.ofMinutes(1));
            stage.keys.lifecycle().cancelDestroy(DestructionStage.OLD, "bob", "wait");
            stage.keys.lifecycle().proposeDestroy(DestructionStage.OLD, "bob", "all the same");
        });
    }

    @Test
    void aWithdrawnRequest() throws Exception {
        keepsTheKey(stage -> {
            Approvals approvals = stage.rotation.approvals();
            approvals.withdraw(approvals.open().get(0), People.CID);
        });
    }

    @Test
    void aStoreThatIsDeclared() throws Exception {
        keepsTheKey(stage -> stage.rotation
                .dependants()
                .declare(new Dependant("uploads", Dependant.Kind.FILE_STORE, DestructionStage.DB), People.BOB));
    }
}
