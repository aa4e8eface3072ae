package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.NodesBehindException;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Nodes with leases of five seconds, which read the keys only when they are told to. */
class KeyNodesTest {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final TestClock clock = TestClock.standing();
    private final MemoryKeyStore store = new MemoryKeyStore(clock);
    private final KeyRegistry node = open();
    private final KeyRegistry operator = open();

    @Test
    void aRegistryIsANodeFromItsFirstSealingOn() {
        KeyId active = node.ensureActive(TYPE);
        node.refresh();
        assertThat(node.openingCipher(active.tinkKeyId())).isNotNull();
        assertThat(operator.nodes().all()).isEmpty();
        node.sealing(TYPE);
        assertThat(operator.nodes().all()).singleElement().satisfies(one -> {
            assertThat(one.acknowledged()).isEqualTo(store.generation());
            assertThat(one.standing()).isEqualTo(KeyNode.Standing.LIVE);
            assertThat(one.leaseUntil()).isEqualTo(clock.instant().plus(LEASE));
        });
        open().readyToSeal();
        assertThat(operator.nodes().all()).hasSize(2);
    }

    @Test
    void aNodeHoldsUpThePromotionUntilItKnowsTheSuccessor() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        KeyId successor = operator.lifecycle().createSuccessor(TYPE, "operator", "due");
        assertThatThrownBy(() -> operator.lifecycle().promote(successor, "operator", "due"))
                .isInstanceOf(NodesBehindException.class)
                .hasMessageContaining(ProcessHandle.current().pid() + "@");
        node.refresh();
        assertThat(operator.lifecycle().promote(successor, "operator", "due").state())
                .isEqualTo(KeyState.ACTIVE);
        assertThat(operator.nodes().behind(operator.keyring().generation())).hasSize(1);
        node.refresh();
        assertThat(operator.nodes().behind(operator.keyring().generation())).isEmpty();
    }

    /** Else whoever writes to the key store more often than nodes read it would hold up every rotation. */
    @Test
    void aNodeHoldsUpNoPromotionOnceItKnowsTheSuccessorWhateverElseItDoesNotKnow() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        KeyId successor = operator.lifecycle().createSuccessor(TYPE, "operator", "due");
        node.refresh();
        operator.records()
                .put(new ProtectedRecord("attestation", "files", "{}"), new AuditEntry("ann", "attest", "weekly"));
        assertThat(operator.lifecycle().promote(successor, "operator", "due").state())
                .isEqualTo(KeyState.ACTIVE);
    }

    @Test
    void aNodeWhoseLeaseRanOutHoldsNothingUpAndRefusesToSealUntilTheStoreAnswers() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        KeyId successor = operator.lifecycle().createSuccessor(TYPE, "operator", "due");
        clock.advance(LEASE);
        operator.lifecycle().promote(successor, "operator", "due");
        store.fail(true);
        assertThatThrownBy(() -> node.sealing(TYPE))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContainingAll("This node has no lease", "5000 ms");
        assertThat(node.status().lease()).isEqualTo(KeyStoreStatus.Lease.LAPSED);
        assertThat(node.status().problems())
                .anySatisfy(problem -> assertThat(problem).startsWith("This node has no lease"));
        store.fail(false);
        assertThat(node.sealing(TYPE)).isEqualTo(successor);
    }

    /** The list of nodes is under no MAC: what holds is each node's own lease. */
    @Test
    void whoeverEditsTheListOfNodesHurriesAPromotionButLengthensNoLease() {
        List<UnaryOperator<KeyNode>> edits = List.of(
                one -> node(one, one.leaseUntil(), Long.MAX_VALUE),
                one -> node(one, clock.instant().minusSeconds(1), one.acknowledged()),
                one -> node(one, clock.instant().plus(Duration.ofDays(1)), Long.MAX_VALUE));
        node.ensureActive(TYPE);
        for (UnaryOperator<KeyNode> edit : edits) {
            node.sealing(TYPE);
            KeyId successor = operator.lifecycle().createSuccessor(TYPE, "mallory", "hurry");
            store.overwriteNodes(edit);
            operator.lifecycle().promote(successor, "mallory", "hurry");
            clock.advance(LEASE);
            store.fail(true);
            assertThatThrownBy(() -> node.sealing(TYPE)).isInstanceOf(SealingRefusedException.class);
            store.fail(false);
            assertThat(node.sealing(TYPE)).isEqualTo(successor);
            assertThat(operator.nodes().all())
                    .singleElement()
                    .returns(store.generation(), KeyNode::acknowledged)
                    .returns(clock.instant().plus(LEASE), KeyNode::leaseUntil);
        }
    }

    private static KeyNode node(KeyNode of, Instant leaseUntil, long acknowledged) {
        return new KeyNode(of.id(), of.name(), of.started(), of.renewed(), leaseUntil, acknowledged, true, false);
    }

    @Test
    void aNodeWhoseRowIsDeletedSealsNoLongerThanItsLeaseAndIsListedAgain() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        KeyId successor = operator.lifecycle().createSuccessor(TYPE, "mallory", "hurry");
        store.leave(operator.nodes().all().get(0).id());
        operator.lifecycle().promote(successor, "mallory", "hurry");
        clock.advance(LEASE);
        store.fail(true);
        assertThatThrownBy(() -> node.sealing(TYPE)).isInstanceOf(SealingRefusedException.class);
        store.fail(false);
        assertThat(node.sealing(TYPE)).isEqualTo(successor);
        assertThat(operator.nodes().all()).hasSize(1);
    }

    @Test
    void anEvictedNodeSealsUntilItsLeaseEndsAndJoinsAgainWithTheNewestKeys() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        String before = operator.nodes().all().get(0).id();
        clock.advance(Duration.ofSeconds(1));
        operator.nodes().evictSilent(Duration.ofSeconds(1));
        KeyId successor = operator.lifecycle().createSuccessor(TYPE, "operator", "due");
        node.refresh();
        assertThat(operator.nodes().all())
                .extracting(KeyNode::standing)
                .containsExactly(KeyNode.Standing.EVICTED, KeyNode.Standing.LIVE);
        assertThatThrownBy(() -> operator.lifecycle().promote(successor, "operator", "due"))
                .as("its first lease still runs")
                .isInstanceOf(NodesBehindException.class);
        clock.advance(LEASE.minusSeconds(1));
        node.refresh();
        operator.lifecycle().promote(successor, "operator", "due");
        assertThat(operator.nodes().all())
                .filteredOn(one -> one.standing() == KeyNode.Standing.LIVE)
                .extracting(KeyNode::id)
                .doesNotContain(before);
    }

    @Test
    void aClosedRegistryLeavesAndSealsNoMore() {
        node.ensureActive(TYPE);
        node.sealing(TYPE);
        assertThat(operator.nodes().all()).hasSize(1);
        node.close();
        store.fail(false);
        assertThat(operator.nodes().all()).isEmpty();
        assertThatThrownBy(() -> node.sealing(TYPE))
                .isInstanceOf(SealingRefusedException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void aNodeSaysHowItStandsAmongTheOthers() {
        node.ensureActive(TYPE);
        assertThat(node.status().lease()).isEqualTo(KeyStoreStatus.Lease.NONE);
        node.sealing(TYPE);
        assertThat(node.status().lease()).isEqualTo(KeyStoreStatus.Lease.RUNNING);
        clock.advance(LEASE);
        assertThat(node.status())
                .as("the question renews it")
                .isEqualTo(new KeyStoreStatus(
                        store.generation(),
                        KeyStoreStatus.Rollback.NOT_DETECTABLE,
                        KeyStoreStatus.Lease.RUNNING,
                        List.of()));
        node.close();
        store.fail(false);
        assertThat(node.status().lease()).isEqualTo(KeyStoreStatus.Lease.CLOSED);
        clock.advance(LEASE);
        node.refresh();
        assertThat(operator.nodes().all())
                .as("a closed one does not join again")
                .isEmpty();
    }

    private KeyRegistry open() {
        ResealSettings settings = ResealSettings.from(Map.of(
                ResealSettings.KEY_STORE,
                "jdbc:unused",
                ResealSettings.LEASE,
                LEASE,
                ResealSettings.REFRESH,
                "PT4.9S"));
        return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, clock);
    }
}
