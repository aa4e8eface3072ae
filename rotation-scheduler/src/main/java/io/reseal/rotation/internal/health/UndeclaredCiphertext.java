package io.reseal.rotation.internal.health;

import io.reseal.database.ColumnCatalog;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.internal.health.TextColumns.Column;
import io.reseal.rotation.internal.health.TextColumns.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;

/**
 * Whether sealed values stand where nobody re-encrypts them: in columns that no mapping declares, such as copies of tables. It samples; that it
 * finds nothing proves nothing.
 */
final class UndeclaredCiphertext implements Look {

    static final int ROWS = 200;
    private static final int COLUMNS = 1_000;
    private static final int SHOWN = 5;
    private static final String WELL = "sealed values only in columns that a mapping declares";

    private final KeyRegistry keys;
    private final TextColumns columns;
    private volatile boolean sawAll = true;

    UndeclaredCiphertext(KeyRegistry keys, ResealDatabase database) {
        this.keys = keys;
        this.columns = new TextColumns(database, ROWS);
    }

    @Override
    public Check check() {
        return Check.UNDECLARED_CIPHERTEXT;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.UNDECLARED_CIPHERTEXT);
    }

    @Override
    public boolean sawAll() {
        return sawAll;
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        Set<Column> declared = declared();
        List<Column> all = columns.all(declared.stream().map(Column::schema).collect(Collectors.toSet())).stream()
                .filter(column -> !declared.contains(column))
                .toList();
        List<Column> looked = all.subList(0, Math.min(COLUMNS, all.size()));
        Map<String, String> headers = headers();
        List<HealthFinding> findings = new ArrayList<>();
        List<String> unseen = new ArrayList<>();
        tables(looked).forEach((table, inIt) -> {
            try {
                columns.headers(table, inIt)
                        .forEach((column, found) ->
                                finding(column, found, headers).ifPresent(findings::add));
            } catch (JdbiException e) {
                unseen.add(table.toString());
            }
        });
        sawAll = unseen.isEmpty() && looked.size() == all.size();
        findings.add(bound(looked, all, unseen));
        return findings;
    }

    /** With the schema as the catalog has it: none for the connection's own. */
    private Set<Column> declared() {
        return new ColumnCatalog(keys)
                .columns().stream()
                        .map(column -> new Column(
                                new Table(column.schema().orElse(""), column.table()), column.column(), column.form()))
                        .collect(Collectors.toSet());
    }

    private static Map<Table, List<Column>> tables(List<Column> looked) {
        return looked.stream().collect(Collectors.groupingBy(Column::table, TreeMap::new, Collectors.toList()));
    }

    /** Of every key that there ever was: what begins with anything else only looks like a sealed value. */
    private Map<String, String> headers() {
        return keys.keyring().versions().stream()
                .map(KeyVersion::id)
                .flatMap(id -> Stream.of(Map.entry(id.textPrefix(), id), Map.entry(hex(id), id)))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().toString()));
    }

    private static String hex(KeyId id) {
        return HexFormat.of().formatHex(id.header());
    }

    private static Optional<HealthFinding> finding(Column column, List<String> found, Map<String, String> headers) {
        List<String> sealed = found.stream().filter(headers::containsKey).toList();
        return sealed.isEmpty()
                ? Optional.empty()
                : Optional.of(HealthFinding.of(
                        AlertKind.UNDECLARED_CIPHERTEXT,
                        Check.UNDECLARED_CIPHERTEXT,
                        AlertSubject.column(column.toString()),
                        sealed.size() + " of at most " + ROWS + " sampled values begin as if they were sealed under "
                                + sealed.stream()
                                        .map(headers::get)
                                        .distinct()
                                        .sorted()
                                        .limit(SHOWN)
                                        .collect(Collectors.joining(", ")),
                        WELL));
    }

    private static HealthFinding bound(List<Column> looked, List<Column> all, List<String> unseen) {
        String observed = "looked at " + ROWS + " rows at most of " + looked.size() + " of " + all.size()
                + " text and binary columns that no mapping declares";
        String left = unseen.isEmpty()
                ? ""
                : "; " + unseen.size() + " tables could not be read, or not in time: "
                        + unseen.stream().limit(SHOWN).collect(Collectors.joining(", "));
        return HealthFinding.well(Check.UNDECLARED_CIPHERTEXT, AlertSubject.keyStore(), observed + left, WELL);
    }
}
