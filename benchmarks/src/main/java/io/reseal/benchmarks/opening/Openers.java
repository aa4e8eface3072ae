package io.reseal.benchmarks.opening;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.benchmarks.stage.Database;
import io.reseal.crypto.FieldCipher;
import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** The same values, opened by {@link FieldCipher} and by what it consists of but for the counting. */
final class Openers implements AutoCloseable {

    private static final KeyType TYPE = KeyType.DATABASE_ENCRYPTION;
    private static final String CONTEXT = "customer.name";
    private static final byte[] ASSOCIATED_DATA = AssociatedData.of("reseal/field/v1", CONTEXT);
    private static final int VALUES = 500;
    private static final int BYTES = 24;

    private final KeyRegistry keys;
    private final FieldCipher cipher;
    private final List<byte[]> values;

    private Openers(KeyRegistry keys) {
        this.keys = keys;
        this.cipher = new FieldCipher(keys, CONTEXT);
        this.values = Stream.generate(() -> cipher.seal(TYPE, new byte[BYTES]))
                .limit(VALUES)
                .toList();
    }

    static Openers open(Database database) {
        KeyRegistry keys = ResealKeys.open(ResealSettings.from(database.settings()), Clock.systemUTC());
        keys.ensureActive(TYPE);
        return new Openers(keys);
    }

    /** Nanoseconds for each value. */
    double counting(int times) {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            for (byte[] value : values) {
                require(cipher.open(value));
            }
        }
        return perValue(start, times);
    }

    /** Nanoseconds for each value. */
    double bare(int times) throws GeneralSecurityException {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            for (byte[] value : values) {
                int key = ByteBuffer.wrap(value, 1, Integer.BYTES).getInt();
                require(keys.openingCipher(key).decrypt(value, ASSOCIATED_DATA));
            }
        }
        return perValue(start, times);
    }

    private static void require(byte[] opened) {
        if (opened.length != BYTES) {
            throw new AssertionError("opened to " + opened.length + " bytes");
        }
    }

    private static double perValue(long start, int times) {
        return (System.nanoTime() - start) / (double) (times * VALUES);
    }

    @Override
    public void close() {
        keys.close();
    }
}
