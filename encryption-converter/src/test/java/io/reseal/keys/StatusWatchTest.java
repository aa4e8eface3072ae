package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyStoreStatus.Lease;
import io.reseal.keys.KeyStoreStatus.Rollback;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class StatusWatchTest {

    private final AtomicReference<KeyStoreStatus> present = new AtomicReference<>(status(1));
    private final StatusWatch watch = new StatusWatch(() -> Objects.requireNonNull(present.get()));
    private final List<KeyStoreStatus> heard = new ArrayList<>();

    @Test
    void tellsThePresentStatusAndThenEachProblemThatComesOrGoes() {
        watch.add(heard::add);
        watch.look();
        look(status(2));
        look(status(2, "edited"));
        look(status(3, "edited"));
        look(status(3));
        assertThat(heard).containsExactly(status(1), status(2, "edited"), status(3));
    }

    @Test
    void theAgeOfAProblemIsNoNews() {
        watch.add(heard::add);
        watch.look();
        look(status(1, "the last answer is 5001 ms old"));
        look(status(1, "the last answer is 60001 ms old"));
        assertThat(heard).hasSize(2);
    }

    @Test
    void aListenerThatFailsIsToldAgainAndHoldsUpNoOther() {
        List<KeyStoreStatus> tries = new ArrayList<>();
        watch.add(status -> {
            tries.add(status);
            throw new IllegalStateException("no connection for the alert");
        });
        watch.add(heard::add);
        watch.look();
        watch.look();
        assertThat(tries).hasSize(2);
        assertThat(heard).hasSize(1);
    }

    private void look(KeyStoreStatus status) {
        present.set(status);
        watch.look();
    }

    private static KeyStoreStatus status(long generation, String... problems) {
        return new KeyStoreStatus(generation, Rollback.DETECTABLE, Lease.RUNNING, List.of(problems));
    }
}
