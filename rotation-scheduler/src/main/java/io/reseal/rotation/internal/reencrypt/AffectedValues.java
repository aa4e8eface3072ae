package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.Affected;
import io.reseal.rotation.AffectedColumn;
import io.reseal.rotation.AffectedTable;
import io.reseal.rotation.Finding;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Counts the rows under a key, in any state: of each table, one statement in one snapshot. A table that can't be counted is told of and
 * holds nobody up.
 */
public final class AffectedValues {

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Targets targets;

    AffectedValues(Jdbi jdbi, Dialect dialect, Targets targets) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.targets = targets;
    }

    /** What is under a key now. */
    public Affected count(KeyId key) {
        Instant countedAt = SoftProof.now(jdbi);
        Targets.Sight sight = targets.look();
        List<AffectedTable> tables = sight.tables().stream()
                .map(table -> count(table, key, problems(table, sight.findings())))
                .toList();
        return new Affected(countedAt, tables, Optional.empty());
    }

    private static String problems(TargetTable table, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> new TableName(finding.schema(), finding.table()).equals(table.name()))
                .map(Finding::message)
                .collect(Collectors.joining("; "));
    }

    private AffectedTable count(TargetTable table, KeyId key, String problem) {
        if (!problem.isEmpty()) {
            return uncounted(table, problem);
        }
        try {
            return jdbi.<AffectedTable, SQLException>inTransaction(handle -> {
                dialect.seeAllRows(handle.getConnection());
                return dialect.asking(handle.getConnection(), () -> counted(handle.getConnection(), table, key));
            });
        } catch (SQLException e) {
            if (dialect.isGone(e) || dialect.isDenied(e)) {
                return uncounted(
                        table, "The table " + table.name() + " could not be counted: SQL state " + e.getSQLState());
            }
            throw new EngineSqlException(e);
        }
    }

    private static AffectedTable uncounted(TargetTable table, String problem) {
        return new AffectedTable(table.name().schema(), table.name().table(), 0, List.of(), Optional.empty(), problem);
    }

    private AffectedTable counted(Connection connection, TargetTable table, KeyId key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql(table, key));
                ResultSet row = statement.executeQuery()) {
            row.next();
            List<AffectedColumn> columns = new ArrayList<>();
            for (ValueColumn column : table.shape().columns()) {
                columns.add(new AffectedColumn(column.name(), row.getLong(2 + columns.size())));
            }
            return new AffectedTable(
                    table.name().schema(), table.name().table(), row.getLong(1), columns, Optional.empty(), "");
        }
    }

    private String sql(TargetTable table, KeyId key) {
        List<String> conditions = table.shape().columns().stream()
                .map(column -> dialect.isUnder(column, List.of(key)))
                .toList();
        return conditions.stream()
                .map(condition -> "COUNT(CASE WHEN " + condition + " THEN 1 END)")
                .collect(Collectors.joining(
                        ", ",
                        "SELECT COUNT(CASE WHEN " + String.join(" OR ", conditions) + " THEN 1 END), ",
                        " FROM " + dialect.name(table.shape()) + " t"));
    }
}
