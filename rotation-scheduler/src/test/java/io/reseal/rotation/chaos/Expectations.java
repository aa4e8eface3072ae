package io.reseal.rotation.chaos;

import io.reseal.rotation.attack.Content;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What each row may say: what was certainly committed last, or what was meant to be committed after that and nobody knows
 * whether it was. A row's version orders its writes, whoever made them. Safe for use by several threads.
 */
final class Expectations {

    /**
     * What a transaction meant to leave behind.
     *
     * @param content null for a row that is deleted
     */
    record Intent(long id, int version, @Nullable Content content) {}

    private static final class Row {

        int certainVersion = -1;

        @Nullable
        Content certain;

        final List<Intent> uncertain = new ArrayList<>();
        final BitSet versions = new BitSet();

        boolean allows(@Nullable Content seen) {
            return Objects.equals(certain, seen)
                    || uncertain.stream()
                            .anyMatch(intent ->
                                    intent.version() > certainVersion && Objects.equals(intent.content(), seen));
        }
    }

    private final Map<Long, Row> rows = new HashMap<>();
    private final List<String> lostWrites = new ArrayList<>();

    /** A row that was there before anybody wrote. */
    synchronized void initially(long id, Content content) {
        Row row = row(id);
        row.certainVersion = 0;
        row.certain = content;
    }

    synchronized void intended(Intent intent) {
        row(intent.id()).uncertain.add(intent);
    }

    synchronized void rolledBack(Intent intent) {
        row(intent.id()).uncertain.remove(intent);
    }

    synchronized void committed(Intent intent) {
        Row row = row(intent.id());
        row.uncertain.remove(intent);
        if (row.versions.get(intent.version())) {
            lostWrites.add("row " + intent.id() + " was committed twice at version " + intent.version());
        }
        row.versions.set(intent.version());
        if (intent.version() > row.certainVersion) {
            row.certainVersion = intent.version();
            row.certain = intent.content();
        }
    }

    synchronized boolean allows(long id, @Nullable Content seen) {
        return row(id).allows(seen);
    }

    /** The rows that were ever there. */
    synchronized Set<Long> ids() {
        return new TreeSet<>(rows.keySet());
    }

    /** What is wrong with a table, named by row and version only. */
    synchronized List<String> violations(Map<Long, Content> table) {
        List<String> wrong = new ArrayList<>(lostWrites);
        Set<Long> all = ids();
        all.addAll(table.keySet());
        for (long id : all) {
            violation(id, table.get(id)).ifPresent(wrong::add);
        }
        return wrong;
    }

    private Optional<String> violation(long id, @Nullable Content seen) {
        Row row = row(id);
        if (!row.allows(seen)) {
            return Optional.of("row " + id + " is not as its writers left it: "
                    + (seen == null ? "it is gone" : "version " + seen.version()) + " instead of version "
                    + row.certainVersion + (row.uncertain.isEmpty() ? "" : ", or one of " + row.uncertain.size()));
        }
        for (int version = 1; seen != null && version <= seen.version(); version++) {
            int wanted = version;
            if (!row.versions.get(version) && row.uncertain.stream().noneMatch(one -> one.version() == wanted)) {
                return Optional.of("row " + id + " has a version " + version + " that nobody wrote");
            }
        }
        return Optional.empty();
    }

    private Row row(long id) {
        return rows.computeIfAbsent(id, none -> new Row());
    }
}
