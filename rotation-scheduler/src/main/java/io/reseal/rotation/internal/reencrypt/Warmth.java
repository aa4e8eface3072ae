package io.reseal.rotation.internal.reencrypt;

import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Seals and opens values of nobody's before the first throttled batch, until the JVM has compiled the cipher: cold code would
 * take many times as long beside the foreground.
 */
final class Warmth {

    private static final int SLICES = 20;
    private static final int VALUES = 150;
    private static final int BYTES = 64;
    private static final Duration GAP = Duration.ofMillis(5);
    private static final String CONTEXT = "reseal.warmth";

    private final KeyRegistry keys;
    private final AtomicBoolean isWarm = new AtomicBoolean();

    Warmth(KeyRegistry keys) {
        this.keys = keys;
    }

    void warm(KeyType type, Stint stint) {
        if (!stint.turn().isThrottled() || isWarm.getAndSet(true)) {
            return;
        }
        FieldCipher cipher = new FieldCipher(keys, CONTEXT);
        KeyId key = keys.sealing(type);
        byte[] value = new byte[BYTES];
        for (int slice = 0; slice < SLICES && !stint.rest().isOver(); slice++) {
            for (int i = 0; i < VALUES; i++) {
                cipher.open(cipher.seal(key, value));
            }
            stint.rest().pause(GAP);
        }
    }
}
