package io.reseal.rotation.internal.reencrypt;

import io.reseal.RowOwners;
import io.reseal.keys.KeyId;
import io.reseal.rotation.Affected;
import io.reseal.rotation.AffectedColumn;
import io.reseal.rotation.AffectedTable;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.LockWait;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import io.reseal.rotation.reencryption.Finding;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Counts the rows under a key, in any state: of each table, one statement in one snapshot. A table that can't be counted is told of and
 * holds nobody up.
 */
public final class AffectedValues {

    static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(5));

    private static final int ROWS = 1;
    private static final int OWNERS = 2;
    private static final int FIRST_COLUMN = 3;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Targets targets;
    private final AffectedOwners owners;

    AffectedValues(Jdbi jdbi, Dialect dialect, Targets targets, RowOwners owners) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.targets = targets;
        this.owners = new AffectedOwners(jdbi, dialect, targets, owners);
    }

    /** What is under a key now; of the owners of several tables together it knows nothing. */
    public Affected count(KeyId key) {
        return count(key, table -> {});
    }

    /** The same, with the owners taken down for an incident; doing it again changes nothing of that. */
    public Affected takeDown(KeyId key, String incident) {
        Affected affected = count(key, table -> owners.takeDown(table, key, incident));
        boolean hasOwners =
                affected.tables().stream().anyMatch(table -> table.owners().isPresent());
        return hasOwners ? listed(affected, incident) : affected;
    }

    /** With the owners that are taken down by now, by this node and by others that count at the same time. */
    public Affected listed(Affected affected, String incident) {
        return new Affected(
                affected.countedAt(),
                affected.tables(),
                Optional.of(owners.number(incident)),
                Optional.of(owners(incident, (owner, table) -> {})));
    }

    /**
     * Hands out each owner that was taken down with each of their tables, in order; of any number, few are in memory.
     *
     * @return the {@link Affected#ownersDigest digest} of what was handed out
     */
    public String owners(String incident, BiConsumer<String, String> line) {
        OwnersDigest digest = new OwnersDigest();
        owners.each(incident, (owner, table) -> {
            digest.add(owner, table);
            line.accept(owner, table);
        });
        return digest.hex();
    }

    private Affected count(KeyId key, Consumer<TargetTable> then) {
        Instant countedAt = SoftProof.now(jdbi);
        Targets.Sight sight = targets.look();
        List<AffectedTable> tables = sight.tables().stream()
                .map(table -> count(new Question(table, key, then), problems(table, sight.findings())))
                .toList();
        return new Affected(countedAt, tables, Optional.empty(), Optional.empty());
    }

    /** @param then what is done after the table was counted */
    private record Question(TargetTable table, KeyId key, Consumer<TargetTable> then) {}

    private static String problems(TargetTable table, List<Finding> findings) {
        return findings.stream()
                .filter(finding -> new TableName(finding.schema(), finding.table()).equals(table.name()))
                .map(Finding::message)
                .collect(Collectors.joining("; "));
    }

    private AffectedTable count(Question question, String problem) {
        TargetTable table = question.table();
        if (!problem.isEmpty()) {
            return uncounted(table, problem);
        }
        try {
            return withOwners(question);
        } catch (RuntimeException e) {
            requireConnected(e);
            return uncounted(table, "The table " + table.name() + " was not counted: " + Failures.describe(e));
        }
    }

    /** Where the owners cannot be had, the rows are counted nevertheless; where others lock the table, they are waited for once. */
    private AffectedTable withOwners(Question question) {
        try {
            return owned(question);
        } catch (LockedException e) {
            throw e;
        } catch (RuntimeException e) {
            requireConnected(e);
            return inTransaction(question, nobody(question.table(), e));
        }
    }

    private AffectedTable owned(Question question) {
        AffectedTable counted = inTransaction(question, owners.of(question.table()));
        try {
            question.then().accept(question.table());
        } catch (LockedException e) {
            return inTransaction(question, nobody(question.table(), e));
        }
        return counted;
    }

    private static AffectedOwners.Owner nobody(TargetTable table, RuntimeException e) {
        return new AffectedOwners.Owner(
                Optional.empty(),
                "The owners of the table " + table.name() + " were not all taken down: " + Failures.describe(e));
    }

    private static void requireConnected(RuntimeException e) {
        if (Failures.isConnectionLost(e)) {
            throw e;
        }
    }

    private static AffectedTable uncounted(TargetTable table, String problem) {
        return new AffectedTable(table.name().schema(), table.name().table(), 0, List.of(), Optional.empty(), problem);
    }

    private AffectedTable inTransaction(Question question, AffectedOwners.Owner owner) {
        try {
            return jdbi.<AffectedTable, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                dialect.seeAllRows(connection);
                return PATIENCE.bound(connection, () -> counted(connection, question, owner));
            });
        } catch (SQLException e) {
            throw LockedException.of(dialect, question.table().name(), e);
        }
    }

    private AffectedTable counted(Connection connection, Question question, AffectedOwners.Owner owner)
            throws SQLException {
        TargetTable table = question.table();
        try (PreparedStatement statement = connection.prepareStatement(sql(table, question.key(), owner));
                ResultSet row = statement.executeQuery()) {
            row.next();
            List<AffectedColumn> columns = new ArrayList<>();
            for (ValueColumn column : table.shape().columns()) {
                columns.add(new AffectedColumn(column.name(), row.getLong(FIRST_COLUMN + columns.size())));
            }
            Optional<Long> number = owner.column().isPresent() ? Optional.of(row.getLong(OWNERS)) : Optional.empty();
            return new AffectedTable(
                    table.name().schema(), table.name().table(), row.getLong(ROWS), columns, number, owner.problem());
        }
    }

    private String sql(TargetTable table, KeyId key, AffectedOwners.Owner owner) {
        List<String> conditions = table.shape().columns().stream()
                .map(column -> dialect.isUnder(column, List.of(key)))
                .toList();
        String any = String.join(" OR ", conditions);
        String owned = owner.column()
                .map(column -> "COUNT(DISTINCT CASE WHEN " + any + " THEN t." + dialect.quoted(column) + " END)")
                .orElse("0");
        return conditions.stream()
                .map(condition -> "COUNT(CASE WHEN " + condition + " THEN 1 END)")
                .collect(Collectors.joining(
                        ", ",
                        "SELECT COUNT(CASE WHEN " + any + " THEN 1 END), " + owned + ", ",
                        " FROM " + dialect.name(table.shape()) + " t"));
    }
}
