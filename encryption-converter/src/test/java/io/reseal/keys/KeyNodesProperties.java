package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.NodesBehindException;
import io.reseal.ResealSettings;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Nodes that read the keys, seal or stand still in any order, while an operator rotates. A node that is not asked to do
 * anything is frozen.
 */
class KeyNodesProperties {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final int NODES = 4;
    private static final Duration REFRESH = Duration.ofMillis(4_900);
    private static final Duration LEASE = Duration.ofSeconds(5);

    @Property(tries = 300)
    void nobodySealsUnderAnOldVersionAfterTheEpochNorUnderOneThatALiveNodeDoesNotKnow(
            @ForAll @Size(min = 20, max = 120) List<@IntRange(max = 999) Integer> wishes) {
        World world = new World();
        wishes.forEach(world::happen);
    }

    /** A store, an operator and the nodes. */
    private static final class World {

        private final TestClock clock = TestClock.standing();
        private final MemoryKeyStore store = new MemoryKeyStore(clock);
        private final KeyRegistry operator = open();
        private final List<KeyRegistry> nodes = new ArrayList<>();
        private final List<Instant> awake = new ArrayList<>();
        private int floor = 1;

        /** The rotation under way: the version that waits, or that became active and is not yet known everywhere. */
        private int waiting;

        private long promoted;

        World() {
            operator.ensureActive(TYPE);
            for (int i = 0; i < NODES; i++) {
                nodes.add(open());
                awake.add(Instant.MIN);
            }
        }

        void happen(int wish) {
            KeyRegistry node = nodes.get(wish / 10 % NODES);
            switch (wish % 10) {
                case 0, 1, 2 -> clock.advance(Duration.ofMillis(1 + wish * 3L));
                case 3, 4 -> {
                    node.refresh();
                    if (sealed(node)) {
                        awake(node);
                    }
                }
                case 5, 6, 7 -> seal(node);
                case 8 -> rotate();
                default -> evict(wish);
            }
        }

        private void evict(int wish) {
            if (wish > 900) {
                operator.nodes().evictSilent(Duration.ofSeconds(2));
            }
        }

        private void seal(KeyRegistry node) {
            assertThat(node.sealing(TYPE).version()).as("after the epoch").isGreaterThanOrEqualTo(floor);
            if (clock.instant().isAfter(awake.get(nodes.indexOf(node)).plus(REFRESH)) || !sealed(node)) {
                awake(node);
            }
        }

        private boolean sealed(KeyRegistry node) {
            return awake.get(nodes.indexOf(node)).isAfter(Instant.MIN);
        }

        private void awake(KeyRegistry node) {
            awake.set(nodes.indexOf(node), clock.instant());
        }

        /** One step of it. */
        private void rotate() {
            if (promoted > 0) {
                if (operator.nodes().behind(promoted).isEmpty()) {
                    floor = waiting;
                    promoted = 0;
                    waiting = 0;
                }
            } else if (waiting == 0) {
                waiting = operator.lifecycle()
                        .createSuccessor(TYPE, "operator", "due")
                        .version();
            } else {
                promote();
            }
        }

        private void promote() {
            KeyId successor = new KeyId(TYPE, waiting);
            try {
                operator.lifecycle().promote(successor, "operator", "due");
            } catch (NodesBehindException e) {
                assertThat(operator.nodes().behind(e.generation())).isNotEmpty();
                return;
            }
            promoted = operator.keyring().generation();
            nodes.stream()
                    .filter(this::maySeal)
                    .forEach(node -> assertThat(node.keyring().version(successor))
                            .as("a node that may seal knows the successor")
                            .isPresent());
        }

        /** By the test's own book. */
        private boolean maySeal(KeyRegistry node) {
            return sealed(node)
                    && clock.instant().isBefore(awake.get(nodes.indexOf(node)).plus(REFRESH));
        }

        private KeyRegistry open() {
            ResealSettings settings = ResealSettings.from(Map.of(
                    ResealSettings.KEY_STORE,
                    "jdbc:unused",
                    ResealSettings.LEASE,
                    LEASE,
                    ResealSettings.REFRESH,
                    REFRESH));
            return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, clock);
        }
    }
}
