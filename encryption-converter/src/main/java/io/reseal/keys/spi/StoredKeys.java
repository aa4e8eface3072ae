package io.reseal.keys.spi;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.ProtectedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything in a key store at one moment.
 *
 * @param generation grows with every transition
 * @param keys every version of every key type that this release knows
 * @param unknown the {@link StoredRow} names of rows that this release cannot read, as keys of other types
 * @param unreadable what is wrong with rows that no release of this one's age or older writes, in words, by their names
 * @param seal what was handed over with the last transition; empty before the first
 * @param audited the greatest generation that the audit log tells of; 0 if of none
 */
public record StoredKeys(
        long generation,
        List<WrappedKey> keys,
        List<ProtectedRecord> records,
        Set<String> unknown,
        Map<String, String> unreadable,
        Optional<StoreSeal> seal,
        long audited) {

    /** A store before its first transition. */
    public static final StoredKeys NONE = new StoredKeys(0, List.of(), List.of(), Set.of(), Optional.empty());

    public StoredKeys {
        keys = List.copyOf(keys);
        records = List.copyOf(records);
        unknown = Set.copyOf(unknown);
        unreadable = Map.copyOf(unreadable);
    }

    /** A store of which every row was read, and whose audit log ends with its generation. */
    public StoredKeys(
            long generation,
            List<WrappedKey> keys,
            List<ProtectedRecord> records,
            Set<String> unknown,
            Optional<StoreSeal> seal) {
        this(generation, keys, records, unknown, Map.of(), seal, generation);
    }

    /** Whether nothing is here, as before the first transition; the audit log may know better. */
    public boolean isBlank() {
        return generation == 0
                && keys.isEmpty()
                && records.isEmpty()
                && unknown.isEmpty()
                && unreadable.isEmpty()
                && seal.isEmpty();
    }

    /** The same content under another seal, whose generation it takes over. */
    public StoredKeys sealed(StoreSeal another) {
        return new StoredKeys(
                another.generation(),
                keys,
                records,
                unknown,
                unreadable,
                Optional.of(another),
                Math.max(audited, another.generation()));
    }

    /**
     * What the store holds after a transition, as yet under the generation and the seal of before.
     *
     * @throws IllegalStateException if the transition contradicts what is here
     */
    public StoredKeys after(KeyTransition transition) {
        List<WrappedKey> changed = new ArrayList<>(keys);
        List<ProtectedRecord> noted = new ArrayList<>(records);
        if (transition instanceof KeyTransition.Create create) {
            require(
                    keys.stream()
                            .noneMatch(key -> isOf(key, create.key().metadata().id())),
                    transition);
            changed.add(create.key());
            create.records().forEach(record -> note(noted, record));
        } else if (transition instanceof KeyTransition.Promote promote) {
            promote.predecessor().ifPresent(old -> change(changed, old));
            change(changed, promote.successor());
            require(isOnlyActive(changed, promote.successor().key()), transition);
        } else if (transition instanceof KeyTransition.Move move) {
            change(changed, move.change());
        } else if (transition instanceof KeyTransition.PutRecord put) {
            note(noted, put.record());
        } else if (transition instanceof KeyTransition.Decide decide) {
            decide.change().ifPresent(one -> change(changed, one));
            decide.records().forEach(record -> note(noted, record));
        }
        return new StoredKeys(generation, changed, noted, unknown, unreadable, seal, audited);
    }

    private static void note(List<ProtectedRecord> records, ProtectedRecord record) {
        records.removeIf(other -> isSame(other, record));
        records.add(record);
    }

    private static boolean isSame(ProtectedRecord one, ProtectedRecord other) {
        return one.kind().equals(other.kind()) && one.id().equals(other.id());
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
            throw new IllegalStateException("The transition of " + transition.subject()
                    + " contradicts what the key store holds; nothing was changed");
        }
    }
}
