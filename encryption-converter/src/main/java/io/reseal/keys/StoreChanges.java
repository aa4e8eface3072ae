package io.reseal.keys;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StoredKeys;
import java.util.Optional;
import java.util.function.Function;

/** Writes to the key store, each time on the basis of everything that it holds. Safe for use by several threads. */
final class StoreChanges {

    private static final int ATTEMPTS = 50;

    private final KeyStore store;
    private final KeyringCache cache;
    private final StoreSealing sealing;

    StoreChanges(StoreAccess access, KeyringCache cache) {
        this.store = access.store();
        this.sealing = access.sealing();
        this.cache = cache;
    }

    /** Repeats a step on the newest keyring until it has an answer: another node may have been faster. */
    <T> T attempt(Function<Keyring, Optional<T>> step) {
        for (int i = 0; i < ATTEMPTS; i++) {
            Optional<T> answer = step.apply(cache.refresh());
            if (answer.isPresent()) {
                cache.refresh();
                return answer.get();
            }
        }
        throw new KeyStoreUnavailableException(
                "The key store changed under " + ATTEMPTS + " attempts in a row: try again",
                new IllegalStateException("lost every race"));
    }

    /** One transition; false if the store has moved on since {@code keyring}. */
    boolean apply(Keyring keyring, KeyTransition transition, AuditEntry entry) {
        keyring.requireCurrent();
        StoredKeys changed = keyring.stored().after(transition);
        AuditEntry told = entry.detail().isEmpty()
                ? new AuditEntry(entry.actor(), entry.action(), entry.reason(), transition.detail())
                : entry;
        return store.apply(transition, keyring.generation(), sealing.seal(changed, keyring.generation() + 1), told);
    }

    /** As it is now. */
    Keyring refresh() {
        return cache.refresh();
    }

    /** As {@link #attempt} left it. */
    Keyring current() {
        return cache.current();
    }
}
