package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.IllegalTransitionException;
import io.reseal.NodesBehindException;
import io.reseal.SealingRefusedException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/**
 * Random lives of keys, led by three nodes on one store whose clocks go wrong, and from which older copies come back. Half of the
 * transitions meet one of another node between reading and writing. {@link KeyWorld} keeps the laws.
 */
class KeyLifecycleProperties {

    private static final String WHO = "operator";
    private static final Duration HOUR = Duration.ofHours(1);

    /** What somebody may want. */
    enum Action {
        FIRST_USE,
        CREATE,
        ROTATE,
        PROMOTE,
        PROMOTE_AND_SUSPEND,
        PROMOTE_AND_COMPROMISE,
        SUSPEND,
        LIFT_SUSPENSION,
        COMPROMISE,
        PROPOSE_DESTROY,
        CANCEL_DESTROY,
        DESTROY,
        CLOCK_BACK,
        CLOCK_ON,
        COPY,
        RESTORE
    }

    /** What leads far comes more often. */
    private static final List<Action> ACTIONS = Stream.concat(
                    Arrays.stream(Action.values()),
                    Stream.of(
                            Action.ROTATE,
                            Action.ROTATE,
                            Action.COPY,
                            Action.COPY,
                            Action.RESTORE,
                            Action.RESTORE,
                            Action.RESTORE,
                            Action.PROPOSE_DESTROY,
                            Action.PROPOSE_DESTROY,
                            Action.DESTROY,
                            Action.DESTROY,
                            Action.DESTROY))
            .toList();

    /**
     * A wish.
     *
     * @param node that is asked
     * @param pick chooses among the versions that the node knows, or among copies
     * @param isInterrupted whether the next wish is granted between this one's reading and writing
     */
    record Wish(int node, KeyType type, Action action, int pick, boolean isInterrupted) {}

    @Provide
    Arbitrary<List<Wish>> wishes() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, KeyWorld.NODES - 1),
                        Arbitraries.of(KeyType.TOKEN_ENCRYPTION, KeyType.TOKEN_ENCRYPTION, KeyType.DATABASE_ENCRYPTION),
                        Arbitraries.of(ACTIONS),
                        Arbitraries.integers().between(0, 99),
                        Arbitraries.of(true, false))
                .as(Wish::new)
                .list()
                .ofMinSize(20)
                .ofMaxSize(60);
    }

    @Property(tries = 200)
    void noSequenceOfTransitionsBreaksTheLaws(@ForAll("wishes") List<Wish> wishes) {
        KeyWorld world = new KeyWorld();
        for (int i = 0; i < wishes.size(); i++) {
            Wish next = wishes.get(i);
            if (i + 1 < wishes.size() && next.isInterrupted()) {
                Wish other = wishes.get(++i);
                world.meanwhile(() -> attempt(world, other));
            }
            attempt(world, next);
            world.verify();
        }
        collect("second version active", world.hasRotated());
        collect("key destroyed", world.hasDestroyed());
        collect("store recovered", world.hasRecovered());
    }

    /** A property that never gets anywhere proves nothing. */
    private static void collect(String what, boolean isReached) {
        Statistics.label(what)
                .collect(isReached)
                .coverage(coverage -> coverage.check(true).percentage(reached -> reached > 1));
    }

    /** What is illegal is refused; anything else that goes wrong is an error. */
    private static void attempt(KeyWorld world, Wish wish) {
        try {
            grant(world, wish);
        } catch (IllegalTransitionException | SealingRefusedException expected) {
            assertThat(expected).hasMessageContaining(wish.type().name());
        } catch (NodesBehindException expected) {
            assertThat(expected.generation()).isEqualTo(world.generation());
        }
    }

    private static void grant(KeyWorld world, Wish wish) {
        KeyRegistry node = world.node(wish.node());
        switch (wish.action()) {
            case CLOCK_BACK -> world.clock(wish.node()).goBack(HOUR.multipliedBy(wish.pick()));
            case CLOCK_ON -> world.clock(wish.node()).advance(HOUR.multipliedBy(wish.pick()));
            case COPY -> world.copy();
            case RESTORE -> world.restore(wish.pick(), node);
            case FIRST_USE -> node.ensureActive(wish.type());
            case CREATE -> node.lifecycle().createSuccessor(wish.type(), WHO, "");
            case ROTATE -> {
                node.ensureActive(wish.type());
                KeyId successor = node.lifecycle().createSuccessor(wish.type(), WHO, "");
                node.lifecycle().promote(successor, WHO, "");
            }
            default -> {
                List<KeyVersion> versions = node.keyring().versions(wish.type());
                if (!versions.isEmpty()) {
                    change(
                            node.lifecycle(),
                            wish,
                            versions.get(wish.pick() % versions.size()).id());
                }
            }
        }
    }

    private static void change(KeyLifecycle life, Wish wish, KeyId key) {
        switch (wish.action()) {
            case PROMOTE -> life.promote(key, WHO, "");
            case PROMOTE_AND_SUSPEND -> life.promote(key, KeyState.SUSPENDED, WHO, "");
            case PROMOTE_AND_COMPROMISE -> life.promote(key, KeyState.COMPROMISED, WHO, "");
            case SUSPEND -> life.suspend(key, WHO, "");
            case LIFT_SUSPENSION -> life.liftSuspension(key, WHO, "");
            case COMPROMISE -> life.markCompromised(key, WHO, "");
            case PROPOSE_DESTROY -> life.proposeDestroy(key, WHO, "");
            case CANCEL_DESTROY -> life.cancelDestroy(key, WHO, "");
            case DESTROY -> life.destroy(key, WHO, "");
            default -> throw new IllegalArgumentException("is about no version: " + wish.action());
        }
    }
}
