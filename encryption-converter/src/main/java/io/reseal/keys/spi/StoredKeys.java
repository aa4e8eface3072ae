package io.reseal.keys.spi;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything in a key store at one moment.
 *
 * @param generation grows by one with every transition
 * @param keys every version of every key type
 */
public record StoredKeys(long generation, List<WrappedKey> keys) {

    public StoredKeys {
        keys = List.copyOf(keys);
    }

    /**
     * What the store holds after a transition, one generation later.
     *
     * @throws IllegalStateException if the transition contradicts these keys
     */
    public StoredKeys after(KeyTransition transition) {
        List<WrappedKey> changed = new ArrayList<>(keys);
        if (transition instanceof KeyTransition.Create create) {
            require(
                    keys.stream()
                            .noneMatch(key -> isOf(key, create.key().metadata().id())),
                    transition);
            changed.add(create.key());
        } else if (transition instanceof KeyTransition.Promote promote) {
            promote.predecessor().ifPresent(old -> change(changed, old));
            change(changed, promote.successor());
            require(isOnlyActive(changed, promote.successor().key()), transition);
        } else if (transition instanceof KeyTransition.Move move) {
            change(changed, move.change());
        }
        return new StoredKeys(generation + 1, changed);
    }

    private static void change(List<WrappedKey> keys, StateChange change) {
        boolean held = keys.stream().anyMatch(key -> isOf(key, change.key()));
        if (!held) {
            throw new IllegalStateException("The key store holds no key " + change.key() + "; nothing was changed");
        }
        keys.replaceAll(key -> isOf(key, change.key()) ? key.changed(change) : key);
    }

    private static boolean isOf(WrappedKey key, KeyId id) {
        return key.metadata().id().equals(id);
    }

    private static boolean isOnlyActive(List<WrappedKey> keys, KeyId id) {
        return keys.stream()
                .filter(key -> key.metadata().type().equals(id.type())
                        && key.metadata().state() == KeyState.ACTIVE)
                .allMatch(key -> isOf(key, id));
    }

    private static void require(boolean holds, KeyTransition transition) {
        if (!holds) {
            throw new IllegalStateException("The transition of the key " + transition.subject()
                    + " contradicts what the key store holds; nothing was changed");
        }
    }
}
