package io.reseal.examples.social;

import io.reseal.examples.social.Fingerprints.Fingerprint;
import io.reseal.examples.social.model.SealedRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What one writer knows that it committed last, row by row. No other writer changes these rows, so that any difference
 * found in the database is somebody else's doing. For one thread at a time.
 */
final class WriterRecord {

    private final Map<RowKey, Entry> entries = new HashMap<>();
    private final List<RowKey> keys = new ArrayList<>();

    /** One row of one entity. */
    record RowKey(Class<? extends SealedRow> entity, Object id) {

        static RowKey of(SealedRow row) {
            return new RowKey(row.getClass(), row.getId());
        }

        @Override
        public String toString() {
            return entity.getSimpleName() + " " + id;
        }
    }

    private record Entry(Fingerprint fingerprint, int position) {}

    /** The row was committed in this state. */
    void committed(RowKey key, Fingerprint fingerprint) {
        Entry known = entries.get(key);
        if (known == null) {
            keys.add(key);
        }
        entries.put(key, new Entry(fingerprint, known == null ? keys.size() - 1 : known.position()));
    }

    /** The deletion of the row was committed. */
    void deleted(RowKey key) {
        Entry gone = entries.remove(key);
        if (gone == null) {
            return;
        }
        RowKey last = keys.remove(keys.size() - 1);
        if (!last.equals(key)) {
            keys.set(gone.position(), last);
            entries.computeIfPresent(last, (k, entry) -> new Entry(entry.fingerprint(), gone.position()));
        }
    }

    Optional<Fingerprint> expected(RowKey key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::fingerprint);
    }

    RowKey any(RandomGenerator random) {
        return People.one(keys, random);
    }

    Set<RowKey> keys() {
        return Set.copyOf(keys);
    }

    int size() {
        return keys.size();
    }
}
