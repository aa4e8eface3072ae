package io.reseal.keys;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import java.util.function.Predicate;

/** Goes on from an older copy of the key store: past the generations and version numbers that were lost. */
final class Recovery {

    private static final int ATTEMPTS = 50;
    private static final long PLAUSIBLE = 1_000_000;

    private final KeyStore store;
    private final StoreSealing sealing;
    private final RollbackWatch watch;

    Recovery(StoreAccess access) {
        this.store = access.store();
        this.sealing = access.sealing();
        this.watch = access.rollback();
    }

    /** @param accepts of the copy that is there, whether it is the one to go on from */
    void recover(AuditEntry entry, Predicate<StoreCopy> accepts) {
        for (int i = 0; i < ATTEMPTS; i++) {
            RollbackWatch.Known known = watch.known();
            StoredKeys stored = store.load();
            sealing.verify(stored);
            if (watch.look(known, stored).isEmpty()) {
                throw new IllegalStateException("The key store is at generation " + stored.generation()
                        + " and behind nothing that is known: there is nothing to recover");
            }
            if (!accepts.test(StoreCopy.of(stored))) {
                throw new IllegalStateException("The key store is another copy, at generation " + stored.generation()
                        + ", than the one that was decided on. Nothing was changed: look at it, and decide again");
            }
            if (skip(watch.reached(known, stored), stored, entry)) {
                return;
            }
        }
        throw new KeyStoreUnavailableException(
                "The key store changed under " + ATTEMPTS + " attempts in a row: try again",
                new IllegalStateException("lost every race"));
    }

    private boolean skip(AnchorState reached, StoredKeys stored, AuditEntry entry) {
        long generation = Math.max(reached.generation(), plausible(stored)) + Recoveries.SKIPPED;
        KeyTransition floors = new KeyTransition.PutRecord(
                Recoveries.after(reached, stored.audited()).record());
        StoredKeys changed = stored.after(floors);
        StoreSeal seal = sealing.seal(changed, generation);
        boolean applied =
                store.apply(floors, stored.generation(), seal, StoreGeneration.recovery(entry, stored.generation()));
        if (applied) {
            watch.accept(changed.sealed(seal));
        }
        return applied;
    }

    /** The audit log's generations bear no MAC that was looked at: anybody may have added one. */
    private static long plausible(StoredKeys stored) {
        return Math.min(stored.audited(), stored.generation() + PLAUSIBLE);
    }
}
