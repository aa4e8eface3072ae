package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealSettings;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ApprovalsTest {

    private static final GuardedOperation RESTORE = GuardedOperation.restore("monday", "00ff");

    private final TestClock clock = TestClock.standing();
    private final KeyRegistry keys = KeyRegistry.open(
            new MemoryKeyStore(),
            new TestKek("kek"),
            KeyTypes.standard(),
            ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused")),
            clock);
    private final Approvals approvals =
            new Approvals(keys, new PoliciesInForce(keys, KeyPolicies.standard()), new Clocks(clock, clock));
    private int restored;

    private int restore() {
        return approvals.perform(RESTORE, People.ANN, () -> ++restored);
    }

    private void refuses() {
        assertThatThrownBy(this::restore).isInstanceOf(ApprovalRequiredException.class);
    }

    private ApprovalRequest asked() {
        return approvals.request(RESTORE, People.ANN, "the disk is gone");
    }

    @Test
    void nothingHappensWithoutARequest() {
        refuses();
        assertThat(restored).isZero();
    }

    @Test
    void nothingHappensWithoutAnotherPerson() {
        asked();
        assertThatThrownBy(this::restore)
                .isInstanceOfSatisfying(
                        ApprovalRequiredException.class,
                        e -> assertThat(e.operation()).isEqualTo(RESTORE))
                .hasMessageContaining("RESTORE monday")
                .hasMessageContaining("of sso:1001 has 0 of 1");
    }

    @Test
    void anotherPersonsApprovalServesOnce() {
        ApprovalRequest approved = approvals.approve(asked(), People.BOB);
        assertThat(approved.granted()).isOne();
        assertThat(restore()).isOne();
        refuses();
        assertThat(approvals.open()).isEmpty();
    }

    @Test
    void anActionThatFailsUsesTheApprovalUp() {
        approvals.approve(asked(), People.BOB);
        assertThatThrownBy(() -> approvals.perform(RESTORE, People.ANN, () -> {
                    throw new IllegalStateException("failed");
                }))
                .hasMessage("failed");
        refuses();
    }

    @Test
    void theRequesterCannotApproveWithAnyLogin() {
        ApprovalRequest request = asked();
        assertThatThrownBy(() -> approvals.approve(request, People.person("ann-token")))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("sso:1001 asked for it");
        refuses();
    }

    @Test
    void nobodyApprovesTwice() {
        ApprovalRequest request = approvals.approve(asked(), People.BOB);
        assertThatThrownBy(() -> approvals.approve(request, People.BOB))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("has approved it already");
    }

    @Test
    void aPersonOfAnotherAuthorityCannotApprove() {
        Person other = new Authority("ldap", login -> Optional.of("9")).person(People.login("nine"));
        ApprovalRequest request = asked();
        assertThatThrownBy(() -> approvals.approve(request, other))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("may be the same person");
    }

    @Test
    void aRequestExpires() {
        ApprovalRequest approved = approvals.approve(asked(), People.BOB);
        ApprovalRequest late = asked();
        clock.advance(Approvals.LIFETIME);
        assertThatThrownBy(() -> approvals.approve(late, People.BOB))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("was valid until " + late.expiresAt());
        refuses();
        assertThat(approved.isValid(clock.instant())).isFalse();
        assertThat(approvals.open()).isEmpty();
    }

    @Test
    void aRequestMayExpireSoonerOrLater() {
        approvals.approve(approvals.request(RESTORE, People.ANN, "soon", Duration.ofHours(1)), People.BOB);
        clock.advance(Duration.ofHours(1));
        refuses();
        approvals.approve(approvals.request(RESTORE, People.ANN, "later", Approvals.MAX_LIFETIME), People.BOB);
        clock.advance(Duration.ofDays(6));
        assertThat(restore()).isOne();
        Duration tooLong = Approvals.MAX_LIFETIME.plusSeconds(1);
        assertThatThrownBy(() -> approvals.request(RESTORE, People.ANN, "too late", tooLong))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> approvals.request(RESTORE, People.ANN, "never", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aClockThatWentBackMakesNothingValid() {
        ApprovalRequest approved = approvals.approve(asked(), People.BOB);
        assertThat(approved.isValid(approved.requestedAt().minusSeconds(5))).isTrue();
        assertThat(approved.isValid(approved.requestedAt().minusSeconds(11))).isFalse();
    }

    @Test
    void aWithdrawnRequestServesForNothing() {
        ApprovalRequest approved = approvals.approve(asked(), People.BOB);
        assertThat(approvals.withdraw(approved, People.CID).state()).isEqualTo(ApprovalRequest.State.WITHDRAWN);
        refuses();
        assertThatThrownBy(() -> approvals.approve(approved, People.CID)).hasMessageContaining("WITHDRAWN");
    }

    @Test
    void anApprovalIsForNothingElse() {
        approvals.approve(
                approvals.request(GuardedOperation.restore("monday", "00fe"), People.ANN, "another file"), People.BOB);
        approvals.approve(
                approvals.request(GuardedOperation.restore("tuesday", "00ff"), People.ANN, "another day"), People.BOB);
        refuses();
    }

    @Test
    void anApproverApprovesOnlyWhatWasSeen() {
        ApprovalRequest request = asked();
        ApprovalRequest shown = changed(request, GuardedOperation.restore("harmless", "00ff"));
        assertThatThrownBy(() -> approvals.approve(shown, People.BOB))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("it is not what the approver was shown");
    }

    @Test
    void aRequestThatWasChangedLosesItsApprovals() {
        ApprovalRequest approved =
                approvals.approve(approvals.request(GuardedOperation.restore("x", "1"), People.ANN, "x"), People.BOB);
        ApprovalRequest changed = changed(approved, RESTORE);
        ProtectedRecord record = ApprovalRecord.of(changed);
        keys.records().put(record, new AuditEntry("somebody", "edit", "with the key store's own means"));
        assertThat(changed.granted()).isZero();
        refuses();
    }

    private static ApprovalRequest changed(ApprovalRequest from, GuardedOperation operation) {
        return new ApprovalRequest(
                from.id(),
                operation,
                from.requester(),
                from.reason(),
                from.requestedAt(),
                from.expiresAt(),
                from.state(),
                from.approvals());
    }

    @Test
    void everyPartOfARequestIsInItsDigest() {
        ApprovalRequest request = asked();
        List<ApprovalRequest> others = List.of(
                changed(request, GuardedOperation.restore("monda", "y00ff")),
                changed(request, new GuardedOperation(GuardedAction.RETIRE_COLUMN, "monday", RESTORE.parameters(), 2)),
                changed(request, new GuardedOperation(GuardedAction.RESTORE, "monday", RESTORE.parameters(), 3)),
                changed(
                        request,
                        new GuardedOperation(
                                GuardedAction.RESTORE, "monday", new TreeMap<>(Map.of("sha-25", "600ff")), 2)),
                new ApprovalRequest(
                        "another",
                        RESTORE,
                        request.requester(),
                        request.reason(),
                        request.requestedAt(),
                        request.expiresAt(),
                        request.state(),
                        List.of()),
                new ApprovalRequest(
                        request.id(),
                        RESTORE,
                        People.CID,
                        request.reason(),
                        request.requestedAt(),
                        request.expiresAt(),
                        request.state(),
                        List.of()),
                new ApprovalRequest(
                        request.id(),
                        RESTORE,
                        new Person("ldap", "1001"),
                        request.reason(),
                        request.requestedAt(),
                        request.expiresAt(),
                        request.state(),
                        List.of()),
                new ApprovalRequest(
                        request.id(),
                        RESTORE,
                        request.requester(),
                        request.reason(),
                        request.requestedAt().plusSeconds(1),
                        request.expiresAt(),
                        request.state(),
                        List.of()),
                new ApprovalRequest(
                        request.id(),
                        RESTORE,
                        request.requester(),
                        "another reason",
                        request.requestedAt(),
                        request.expiresAt(),
                        request.state(),
                        List.of()),
                new ApprovalRequest(
                        request.id(),
                        RESTORE,
                        request.requester(),
                        request.reason(),
                        request.requestedAt(),
                        request.expiresAt().plusSeconds(1),
                        request.state(),
                        List.of()));
        assertThat(others)
                .extracting(ApprovalRequest::digest)
                .doesNotHaveDuplicates()
                .doesNotContain(request.digest());
        assertThatThrownBy(() ->
                        changed(request, GuardedOperation.restore("\ud800", "")).digest())
                .hasMessageContaining("surrogate");
    }

    @Test
    void onlyDifferentPeopleBesideTheRequesterCount() {
        ApprovalRequest request = asked();
        ApprovalRequest.Approval own =
                new ApprovalRequest.Approval(People.person("ann-token"), clock.instant(), request.digest());
        ApprovalRequest.Approval bob = new ApprovalRequest.Approval(People.BOB, clock.instant(), request.digest());
        assertThat(request.with(own).granted()).isZero();
        assertThat(request.with(bob).with(own).with(bob).granted()).isOne();
    }

    @Test
    void aRequestIsReadAsItWasWritten() {
        ApprovalRequest approved = approvals.approve(asked(), People.BOB);
        assertThat(approvals.open()).containsExactly(approved);
        assertThat(approved.requester()).isEqualTo(People.ANN);
        assertThat(approved.approvals())
                .extracting(ApprovalRequest.Approval::person)
                .containsExactly(People.BOB);
    }

    @Test
    void listenersHearOfEachStepAndCannotStopIt() {
        List<ApprovalRequest.State> heard = new ArrayList<>();
        approvals.addListener(request -> {
            throw new IllegalStateException("the mail server is down");
        });
        approvals.addListener(request -> heard.add(request.state()));
        approvals.approve(asked(), People.BOB);
        restore();
        assertThat(heard)
                .containsExactly(ApprovalRequest.State.OPEN, ApprovalRequest.State.OPEN, ApprovalRequest.State.USED);
    }

    private static KeyPolicy policy(int approvals) {
        KeyPolicy standard = KeyPolicies.standard().of(KeyType.DATABASE_ENCRYPTION);
        return new KeyPolicy(
                standard.type(),
                standard.interval(),
                standard.grace(),
                standard.priority(),
                standard.graceEnd(),
                standard.usageLimit(),
                approvals);
    }

    private int destroy(GuardedOperation destroy) {
        return approvals.perform(destroy, People.ANN, () -> ++restored);
    }

    @Test
    void aPolicyCountsThePeopleWhoAgreeAndWhoeverAsksIsOneOfThem() {
        KeyVersion waiting = KeyVersion.created(new KeyId(KeyType.DATABASE_ENCRYPTION, 1), Instant.EPOCH)
                .moved(KeyState.COMPROMISED, Instant.EPOCH)
                .moved(KeyState.PENDING_DESTROY, Instant.EPOCH);
        assertThat(KeyPolicies.standard().of(KeyType.DATABASE_ENCRYPTION).approvals())
                .isEqualTo(2);
        GuardedOperation byTwo = GuardedOperation.destroy(waiting, policy(2), "none kept");
        assertThatThrownBy(() -> destroy(byTwo)).hasMessageContaining("It takes 2 people");
        approvals.approve(approvals.request(byTwo, People.ANN, "old"), People.BOB);
        GuardedOperation byThree = GuardedOperation.destroy(waiting, policy(3), "none kept");
        assertThatThrownBy(() -> destroy(byThree)).hasMessageContaining("nobody has asked for exactly this");
        assertThat(destroy(byTwo)).isOne();

        ApprovalRequest once = approvals.approve(approvals.request(byThree, People.ANN, "old"), People.BOB);
        assertThatThrownBy(() -> destroy(byThree)).hasMessageContaining("has 1 of 2");
        approvals.approve(once, People.CID);
        assertThat(destroy(byThree)).isEqualTo(2);
    }

    @Test
    void onlyAChosenPolicyLetsOnePersonDestroyAlone() {
        KeyVersion waiting = KeyVersion.created(new KeyId(KeyType.DATABASE_ENCRYPTION, 1), Instant.EPOCH)
                .moved(KeyState.COMPROMISED, Instant.EPOCH)
                .moved(KeyState.PENDING_DESTROY, Instant.EPOCH);
        assertThat(destroy(GuardedOperation.destroy(waiting, policy(1), "none kept")))
                .isOne();
        assertThat(destroy(GuardedOperation.destroy(waiting, policy(0), "none kept")))
                .isEqualTo(2);
        assertThatThrownBy(() -> new GuardedOperation(GuardedAction.RESTORE, "x", new TreeMap<>(), 1))
                .hasMessageContaining("takes at least two people");
    }
}
