package io.reseal.rotation.chaos;

import io.reseal.NodesBehindException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Rotates keys, and pauses and cancels runs that others work on: {@code rotate <type>}, {@code pause <type> <ms>}… */
final class OperatorRole implements ChaosNode.Role {

    private static final ReencryptionOptions GENTLY = ReencryptionOptions.defaults()
            .withAcknowledged(Set.of("UPDATE_TRIGGER:account"))
            .withWorkers(1)
            .withWindow(10, 2)
            .withLease(Duration.ofSeconds(2));

    private final KeyRotation rotation;
    private final KeyRegistry keys;
    private final Duration lease;

    private OperatorRole(KeyRotation rotation, KeyRegistry keys, Duration lease) {
        this.rotation = rotation;
        this.keys = keys;
        this.lease = lease;
    }

    static OperatorRole start(Map<String, Object> settings) {
        ResealSettings valid = ResealSettings.from(settings);
        KeyRegistry keys = ResealKeys.open(valid, Clock.systemUTC());
        return new OperatorRole(KeyRotation.open(settings), keys, valid.lease());
    }

    @Override
    public void obey(String[] order) throws Exception {
        KeyType type = KeyTypes.standard().named(order[1]);
        switch (order[0]) {
            case "rotate" -> rotation.rotate(type, "operator", "chaos");
            case "rotate-silently" -> rotateSilently(type);
            case "pause" -> pause(type, Long.parseLong(order[2]));
            case "cancel" -> onRun(type, Reencryption::cancel, RunState.CANCELLED);
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    /** As if the operator had died between promoting the key and telling the run. */
    private void rotateSilently(KeyType type) throws InterruptedException {
        KeyId successor = keys.lifecycle().createSuccessor(type, "operator", "chaos");
        boolean promoted = false;
        while (!promoted) {
            ChaosNode.pause(lease.toMillis());
            promoted = promote(successor);
        }
    }

    private boolean promote(KeyId successor) {
        try {
            keys.lifecycle().promote(successor, "operator", "chaos");
            return true;
        } catch (NodesBehindException e) {
            return false;
        }
    }

    private void pause(KeyType type, long millis) throws InterruptedException {
        onRun(type, Reencryption::pause, RunState.PAUSED);
        ChaosNode.pause(millis);
        ChaosNode.persistently(() -> {
            join(type).resume();
            return type;
        });
    }

    /** The run is joined without working on it for longer than that takes. */
    private Reencryption join(KeyType type) {
        Reencryption run = rotation.reencrypt(type, GENTLY);
        run.close();
        return run;
    }

    /** A run that completes just then is not what was ordered. */
    private void onRun(KeyType type, Consumer<Reencryption> order, RunState expected) {
        Reencryption run = join(type);
        order.accept(run);
        RunState state = run.progress().state();
        if (state != expected) {
            throw new IllegalStateException("the run is " + state);
        }
    }
}
