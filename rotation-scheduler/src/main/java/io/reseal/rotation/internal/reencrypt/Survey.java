package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.KeyColumn;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.internal.jdbc.TableInspection;
import io.reseal.rotation.reencryption.Finding;
import io.reseal.rotation.reencryption.Problem;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Looks for whatever stands against re-encrypting a table, before a row is touched. */
final class Survey {

    /** With one of these, the rows of the table can't be looked at. */
    private static final Set<Problem> CLOSED =
            Set.of(Problem.GONE, Problem.NOT_A_TABLE, Problem.NO_PRIVILEGE, Problem.ROWS_HIDDEN);

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Targets targets;

    Survey(Jdbi jdbi, Dialect dialect, Targets targets) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.targets = targets;
    }

    /** What a run is planned for. */
    record Keys(KeyId target, List<KeyId> retired) {}

    /** Why nothing at all can be written; empty if it can. */
    List<String> database() {
        try {
            return jdbi.<List<String>, SQLException>withHandle(
                    handle -> dialect.inspection().readOnly(handle.getConnection()).stream()
                            .toList());
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    /** Looks at one part after the other, each in a transaction of its own. */
    List<Finding> of(TargetTable table, Keys keys) {
        TableInspection inspection = dialect.inspection();
        List<Finding> findings =
                new ArrayList<>(ask(table.name(), connection -> inspection.findings(connection, table.shape())));
        if (isOpen(findings)) {
            targets.parts(table)
                    .forEach(part -> findings.addAll(
                            ask(table.name(), connection -> ofPart(connection, part.shape(), table, keys))));
        }
        return findings.stream()
                .map(found -> new Finding(
                        found.problem(), table.name().schema(), table.name().table(), found.message()))
                .toList();
    }

    private interface Question {
        List<Finding> ask(Connection connection) throws SQLException;
    }

    private List<Finding> ask(TableName table, Question question) {
        try {
            return jdbi.<List<Finding>, SQLException>inTransaction(handle ->
                    RangeCuts.PATIENCE.bound(handle.getConnection(), () -> question.ask(handle.getConnection())));
        } catch (SQLException e) {
            throw LockedException.of(dialect, table, e);
        }
    }

    private List<Finding> ofPart(Connection connection, SealedTable part, TargetTable table, Keys keys)
            throws SQLException {
        List<Finding> findings = new ArrayList<>(key(connection, part, table));
        if (!keys.retired().isEmpty()) {
            findings.addAll(dialect.inspection().rowFindings(connection, part, keys.retired(), keys.target()));
        }
        return findings;
    }

    static boolean isOpen(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> CLOSED.contains(finding.problem()));
    }

    /** The address of a part is a unique key of the database's, or else what the catalog says. */
    private List<Finding> key(Connection connection, SealedTable part, TargetTable table) throws SQLException {
        TableInspection inspection = dialect.inspection();
        String columns = part.key().stream().map(KeyColumn::name).collect(Collectors.joining(", "));
        TableName name = new TableName(part.schema(), part.name());
        if (table.shape().keyUnique() && inspection.uniqueKey(connection, part).isEmpty()) {
            return List.of(finding(
                    Problem.NO_USABLE_KEY,
                    name,
                    "The table " + name + " has no primary key and no unique index over columns that are NOT NULL, so"
                            + " that its rows can't be told apart. Make (" + columns + ") its primary key"));
        }
        if (!inspection.hasIndex(connection, part)) {
            String quoted = part.key().stream()
                    .map(column -> dialect.quoted(column.name()))
                    .collect(Collectors.joining(", "));
            return List.of(finding(
                    Problem.KEY_WITHOUT_INDEX,
                    name,
                    "No index of the table " + name + " begins with (" + columns + "), so that every window scans the"
                            + " table. CREATE INDEX ON " + relation(name) + " (" + quoted + ")"));
        }
        return List.of();
    }

    private String relation(TableName name) {
        return name.schema().map(schema -> dialect.quoted(schema) + ".").orElse("") + dialect.quoted(name.table());
    }

    private static Finding finding(Problem problem, TableName table, String message) {
        return new Finding(problem, table.schema(), table.table(), message);
    }
}
