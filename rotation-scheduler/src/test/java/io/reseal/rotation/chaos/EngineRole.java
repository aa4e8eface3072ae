package io.reseal.rotation.chaos;

import io.reseal.keys.KeyType;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.attack.Scene;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Works on every run that there is, one after the other, at a pace of its own. */
final class EngineRole implements ChaosNode.Role {

    private static final int[] ROWS = {25, 50, 200};
    private static final int[] BATCHES = {4, 8, 40};
    private static final int[] PAUSES = {2, 10, 30};
    private static final Duration LONG = Duration.ofMinutes(2);

    private final KeyRotation rotation;
    private final ReencryptionOptions options;

    private EngineRole(KeyRotation rotation, ReencryptionOptions options) {
        this.rotation = rotation;
        this.options = options;
    }

    static EngineRole start(Map<String, Object> settings, long seed, Effort effort) {
        ReencryptionOptions options = options(new Random(seed)).withEffort(effort);
        ChaosNode.say("options " + options);
        EngineRole role = new EngineRole(KeyRotation.open(settings), options);
        for (KeyType type : List.of(Scene.DB, Scene.TOKEN)) {
            ChaosNode.background("runs of " + type, () -> role.work(type));
        }
        return role;
    }

    private static ReencryptionOptions options(Random random) {
        return ReencryptionOptions.defaults()
                .withAcknowledged(Set.of("UPDATE_TRIGGER:account"))
                .withWorkers(1 + random.nextInt(2))
                .withWindow(ROWS[random.nextInt(ROWS.length)], BATCHES[random.nextInt(BATCHES.length)])
                .withPauseBetweenBatches(Duration.ofMillis(PAUSES[random.nextInt(PAUSES.length)]))
                .withLease(Duration.ofMillis(2_000 + random.nextInt(2_000)));
    }

    private void work(KeyType type) {
        while (true) {
            try (Reencryption run = rotation.reencrypt(type, options)) {
                Progress end = run.await(LONG);
                ChaosNode.say(run.id() + " of " + type + " is " + end.state());
                if (end.state() == RunState.FAILED) {
                    ChaosNode.pause(1_000);
                }
            } catch (RuntimeException e) {
                ChaosNode.complain(e);
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            ChaosNode.pause(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void obey(String[] order) {
        throw new IllegalArgumentException(order[0]);
    }
}
