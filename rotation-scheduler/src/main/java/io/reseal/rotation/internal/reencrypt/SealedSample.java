package io.reseal.rotation.internal.reencrypt;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeyColumn;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.StoredValue;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Some values that are sealed under certain keys, from random places of each table. Reads a bounded number of rows, and by none of the
 * statements that re-encrypt: what these would overlook or spoil, it finds.
 */
public final class SealedSample {

    /** Rows that are read from one place on. */
    private static final int ROWS = 5_000;

    /** Places that are looked at for a column of which not enough values were found. */
    private static final int PLACES = 4;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Targets targets;

    SealedSample(Jdbi jdbi, Dialect dialect, Targets targets) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.targets = targets;
    }

    /**
     * Values of one column.
     *
     * @param column as {@code table.column}
     * @param context that the values are bound to
     * @param values as they are stored; none if none were met
     */
    public record Column(String column, String context, StorageForm form, List<StoredValue> values) {

        public Column {
            values = List.copyOf(values);
        }
    }

    /**
     * Of each column that can be read.
     *
     * @param keys under which the values are sealed; one at least
     * @param most values of each column
     */
    public List<Column> read(List<KeyId> keys, int most, RandomGenerator random) {
        List<Column> columns = new ArrayList<>();
        for (TargetTable table : targets.look().tables()) {
            for (int i = 0; i < table.shape().columns().size(); i++) {
                ValueColumn column = table.shape().columns().get(i);
                Question question = new Question(table.shape(), column, keys, most);
                columns.add(new Column(
                        table.name() + "." + column.name(), table.context(i), column.form(), values(question, random)));
            }
        }
        return columns;
    }

    private record Question(SealedTable table, ValueColumn column, List<KeyId> keys, int most) {}

    private List<StoredValue> values(Question question, RandomGenerator random) {
        try {
            return jdbi.<List<StoredValue>, SQLException>withHandle(handle -> {
                Connection connection = handle.getConnection();
                return dialect.asking(connection, () -> fromPlaces(connection, question, random));
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    private List<StoredValue> fromPlaces(Connection connection, Question question, RandomGenerator random)
            throws SQLException {
        List<RowAddress> keys =
                dialect.sample(connection, question.table(), Bounds.ALL).keys();
        Set<StoredValue> values = new LinkedHashSet<>(); // two places may be near to each other
        for (int i = 1; i <= PLACES && values.size() < question.most(); i++) {
            boolean isLast = i == PLACES || keys.isEmpty();
            Optional<String> start = isLast
                    ? Optional.empty()
                    : Optional.of(keys.get(random.nextInt(keys.size())).parts().get(0));
            values.addAll(from(connection, question, start));
            if (isLast) {
                break;
            }
        }
        return values.stream().limit(question.most()).toList();
    }

    private List<StoredValue> from(Connection connection, Question question, Optional<String> start)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql(question, start.isPresent()))) {
            if (start.isPresent()) {
                statement.setString(1, start.get());
            }
            try (ResultSet rows = statement.executeQuery()) {
                List<StoredValue> values = new ArrayList<>();
                while (rows.next()) {
                    values.add(
                            question.column().form() == StorageForm.BINARY
                                    ? StoredValue.of(rows.getBytes(1))
                                    : StoredValue.of(rows.getString(1)));
                }
                return values;
            }
        }
    }

    /** The inner query bounds what is read, however few of the rows are under the keys. */
    private String sql(Question question, boolean hasStart) {
        SealedTable table = question.table();
        String order = table.key().stream()
                .map(KeyColumn::name)
                .map(name -> "t." + dialect.quoted(name))
                .collect(Collectors.joining(", "));
        String column = dialect.quoted(question.column().name());
        String where = hasStart ? " WHERE " + dialect.isFrom(table.key().get(0)) : "";
        return "SELECT t." + column + " FROM (SELECT t." + column + " FROM " + dialect.name(table) + " t" + where
                + " ORDER BY " + order + " FETCH FIRST " + ROWS + " ROWS ONLY) t WHERE "
                + dialect.isUnder(question.column(), question.keys()) + " FETCH FIRST " + question.most()
                + " ROWS ONLY";
    }
}
