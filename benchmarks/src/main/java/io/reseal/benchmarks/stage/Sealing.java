package io.reseal.benchmarks.stage;

import io.reseal.NodesBehindException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The keys of one database, as an application without Hibernate would use them for the customers' sealed column. */
public final class Sealing implements AutoCloseable {

    public static final KeyType KEY_TYPE = KeyType.DATABASE_ENCRYPTION;

    private static final String CONTEXT = CustomerTable.NAME + "." + CustomerTable.SEALED;
    private static final String ACTOR = "benchmark";
    private static final Duration LOOK = Duration.ofMillis(20);

    private final KeyRegistry keys;
    private final FieldCipher cipher;

    private Sealing(KeyRegistry keys) {
        this.keys = keys;
        this.cipher = new FieldCipher(keys, CONTEXT);
    }

    /** Opens the keys; the first one is made if there is none. */
    public static Sealing open(Database database) {
        KeyRegistry keys = ResealKeys.open(ResealSettings.from(database.settings()), Clock.systemUTC());
        keys.ensureActive(KEY_TYPE);
        return new Sealing(keys);
    }

    /** Puts the column where the engine looks for what it has to re-encrypt. */
    public void record() {
        new ColumnCatalog(keys)
                .record(List.of(new SealedColumn(
                        Optional.empty(),
                        CustomerTable.NAME,
                        CustomerTable.SEALED,
                        StorageForm.BINARY,
                        KEY_TYPE,
                        CONTEXT,
                        List.of("id"),
                        true)));
    }

    /** Makes a new version the active one, as soon as other registries that have sealed know it. */
    public KeyId rotate() {
        KeyId successor = keys.lifecycle().createSuccessor(KEY_TYPE, ACTOR, ACTOR);
        while (true) {
            try {
                return keys.lifecycle().promote(successor, ACTOR, ACTOR).id();
            } catch (NodesBehindException e) {
                LockSupport.parkNanos(this, LOOK.toNanos());
            }
        }
    }

    public byte[] seal(byte[] plaintext) {
        return cipher.seal(KEY_TYPE, plaintext);
    }

    public byte[] open(byte[] sealed) {
        return cipher.open(sealed);
    }

    @Override
    public void close() {
        keys.close();
    }
}
