package io.reseal.rotation.internal.reencrypt;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import io.reseal.rotation.reencryption.InventoryLine;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Counts values by column and key version: one grouped statement per table. */
final class Inventory {

    private static final Comparator<Optional<KeyId>> BY_KEY =
            Comparator.comparing(key -> key.map(KeyId::tinkKeyId).orElse(-1));

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final KeyTypes types;

    Inventory(Jdbi jdbi, Dialect dialect, KeyTypes types) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.types = types;
    }

    List<InventoryLine> of(List<TargetTable> tables) {
        return tables.stream().flatMap(table -> lines(table).stream()).toList();
    }

    private List<InventoryLine> lines(TargetTable table) {
        List<ValueColumn> columns = table.shape().columns();
        List<Map<Optional<KeyId>, Long>> counts = new ArrayList<>();
        columns.forEach(column -> counts.add(new TreeMap<>(BY_KEY)));
        try {
            jdbi.<SQLException>useTransaction(handle -> {
                dialect.seeAllRows(handle.getConnection());
                try (PreparedStatement statement = handle.getConnection().prepareStatement(sql(table));
                        ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        add(rows, columns, counts);
                    }
                }
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
        return IntStream.range(0, columns.size())
                .boxed()
                .flatMap(i -> counts.get(i).entrySet().stream()
                        .map(count -> new InventoryLine(
                                table.name().schema(),
                                table.name().table(),
                                columns.get(i).name(),
                                count.getKey(),
                                count.getValue())))
                .toList();
    }

    /** Rows with the same headers in all columns are one group. */
    private String sql(TargetTable table) {
        List<ValueColumn> columns = table.shape().columns();
        String headers = IntStream.range(0, columns.size())
                .mapToObj(i -> dialect.headerOf(columns.get(i)) + " AS h" + i + ", t."
                        + dialect.quoted(columns.get(i).name()) + " IS NOT NULL AS p" + i)
                .collect(Collectors.joining(", "));
        String groups = IntStream.range(0, columns.size())
                .mapToObj(i -> "h" + i + ", p" + i)
                .collect(Collectors.joining(", "));
        return "SELECT " + groups + ", COUNT(*) AS number FROM (SELECT " + headers + " FROM "
                + dialect.name(table.shape()) + " t) v GROUP BY " + groups;
    }

    private void add(ResultSet rows, List<ValueColumn> columns, List<Map<Optional<KeyId>, Long>> counts)
            throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            if (rows.getBoolean("p" + i)) {
                Optional<KeyId> key = key(columns.get(i).form(), rows.getString("h" + i));
                counts.get(i).merge(key, rows.getLong("number"), Long::sum);
            }
        }
    }

    private Optional<KeyId> key(StorageForm form, @Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        if (form == StorageForm.TEXT) {
            String[] parts = header.split(":", -1);
            return types.withTag(parts[1])
                    .filter(type -> isVersion(Integer.parseInt(parts[2])))
                    .map(type -> new KeyId(type, Integer.parseInt(parts[2])));
        }
        if (header.length() != 2 * KeyId.HEADER_LENGTH) {
            return Optional.empty();
        }
        int id = ByteBuffer.wrap(HexFormat.of().parseHex(header), 1, Integer.BYTES)
                .getInt();
        int version = id & KeyId.MAX_VERSION;
        return types.withCode(id >>> 24).filter(type -> isVersion(version)).map(type -> new KeyId(type, version));
    }

    private static boolean isVersion(int version) {
        return version >= 1 && version <= KeyId.MAX_VERSION;
    }
}
