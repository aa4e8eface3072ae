package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.StorageForm;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeyColumn;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the little that is left of a large table is cut for an idle worker. */
class HalvingTest {

    private static final int ROWS = 60_000;
    private static final int LEFT = 240;
    private static final long WORTH = 200;

    @TempDir
    Path directory;

    /** Columns of the key, their types, and what the n-th row has in them. */
    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("a", "int4", "n - 30000"),
                Arguments.of("a", "int8", "n::bigint * 1000000007"),
                Arguments.of("a", "int8", "CASE n WHEN 60000 THEN 9223372036854775807 ELSE n END"),
                Arguments.of("a", "int8", "CASE WHEN n > 59900 THEN 9223372036854715807 + n ELSE n END"),
                Arguments.of("a", "uuid", "gen_random_uuid()"),
                Arguments.of("a", "text", "'key ' || to_char(n, '000000')"),
                Arguments.of("a,b", "int8,int8", "7, n"),
                Arguments.of("a,b", "int8,uuid", "n / 1000, gen_random_uuid()"),
                Arguments.of("a,b", "text,int8", "'tenant', n"));
    }

    private static SealedTable table(String columns, String types) {
        List<String> names = Arrays.asList(columns.split(",", -1));
        List<String> each = Arrays.asList(types.split(",", -1));
        List<KeyColumn> key = names.stream()
                .map(name -> new KeyColumn(name, "pg_catalog." + each.get(names.indexOf(name))))
                .toList();
        return new SealedTable(
                Optional.empty(),
                "big",
                false,
                key,
                true,
                List.of(new ValueColumn("v", StorageForm.BINARY)),
                List.of());
    }

    private static SealedTable filled(Stage stage, String columns, String types, String values) throws SQLException {
        SealedTable table = table(columns, types);
        String definitions = table.key().stream()
                .map(column -> column.name() + " " + column.type())
                .collect(Collectors.joining(", "));
        stage.execute("CREATE TABLE big (" + definitions + ", v bytea, PRIMARY KEY (" + columns + "))");
        stage.execute("INSERT INTO big SELECT " + values + ", decode(repeat('00', 300), 'hex')"
                + " FROM generate_series(1, " + ROWS + ") n");
        return table;
    }

    private static RowAddress address(Stage stage, SealedTable table, int rank) throws SQLException {
        String columns = table.key().stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        String texts = table.key().stream().map(key -> key.name() + "::text").collect(Collectors.joining(", "));
        Object parts = stage.values("SELECT array_to_string(ARRAY[" + texts + "], '/') FROM big ORDER BY " + columns
                        + " OFFSET " + (rank - 1) + " LIMIT 1")
                .get(0);
        return new RowAddress(Arrays.asList(((String) parts).split("/", -1)));
    }

    private static long rank(Stage stage, SealedTable table, RowAddress address) throws SQLException {
        String columns = table.key().stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        String parts = address.parts().stream().map(part -> "'" + part + "'").collect(Collectors.joining(", "));
        return stage.count("SELECT count(*) FROM big WHERE (" + columns + ") <= (" + parts + ")");
    }

    private static Optional<RowAddress> middle(Stage stage, SealedTable table, Bounds bounds) throws SQLException {
        stage.sql.setAutoCommit(false);
        Optional<RowAddress> cut = Dialect.of(stage.pool.product()).middle(stage.sql, table, bounds, WORTH);
        stage.sql.rollback();
        stage.sql.setAutoCommit(true);
        return cut;
    }

    @ParameterizedTest
    @MethodSource("keys")
    void cutsTheLittleThatIsLeftSuchThatBothPartsAreWorthAWindow(String columns, String types, String values)
            throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            SealedTable table = filled(stage, columns, types, values);
            RowAddress start = address(stage, table, ROWS - LEFT);

            Optional<RowAddress> cut = middle(stage, table, Bounds.ALL.from(start));

            assertThat(cut).isPresent();
            assertThat(rank(stage, table, cut.get())).isBetween(ROWS - LEFT + WORTH / 2, ROWS - WORTH / 2);
            RowAddress end = address(stage, table, 500);
            assertThat(middle(stage, table, Bounds.ALL.upTo(end)))
                    .hasValueSatisfying(key -> assertThat(key).isNotEqualTo(end));
        }
    }

    @Test
    void leavesAloneWhatIsNotWorthTwoWindows() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            SealedTable table = filled(stage, "a", "int8", "n");

            assertThat(middle(stage, table, Bounds.ALL.from(new RowAddress(List.of(ROWS - WORTH + 1 + "")))))
                    .isEmpty();
            assertThat(middle(stage, table, Bounds.ALL.from(new RowAddress(List.of(ROWS - WORTH + "")))))
                    .isPresent();
        }
    }
}
