package io.reseal.rotation.internal.reencrypt;

import io.reseal.RowOwners;
import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.OwnerCopy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Jdbi;

/** Whose rows are under a key, where the application says which column names that. */
final class AffectedOwners {

    private static final int PAGE = 1_000;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final Targets targets;
    private final RangeCuts cuts;
    private final RowOwners owners;

    AffectedOwners(Jdbi jdbi, Dialect dialect, Targets targets, RowOwners owners) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.targets = targets;
        this.cuts = new RangeCuts(jdbi, dialect);
        this.owners = owners;
    }

    /**
     * The column that names the owner.
     *
     * @param column as in the database's dictionary; empty if none is set, or there is none of that name
     * @param problem empty unless there is none of that name
     */
    record Owner(Optional<String> column, String problem) {}

    Owner of(TargetTable table) {
        Optional<String> set = owners.column(table.name().schema(), table.name().table());
        Optional<String> found = set.flatMap(name -> columns(table).stream()
                .filter(column -> column.equalsIgnoreCase(name))
                .findFirst());
        return new Owner(
                found,
                set.isEmpty() || found.isPresent()
                        ? ""
                        : "The table " + table.name() + " has no column " + set.get()
                                + ", which reseal.owner names: its owners are not known");
    }

    private List<String> columns(TargetTable table) {
        return ask(connection -> List.copyOf(
                dialect.columns(connection, table.name().schema(), table.name().table())
                        .keySet()));
    }

    /** Takes the owners down, each range of the table in a transaction of its own; doing it again adds nobody twice. */
    void takeDown(TargetTable table, KeyId key, String incident) {
        of(table).column().ifPresent(owner -> {
            OwnerCopy.Place place = new OwnerCopy.Place(
                    incident, table.name().schema(), table.name().table());
            for (TargetTable part : targets.parts(table)) {
                OwnerCopy copy = new OwnerCopy(dialect, part.shape(), key, owner);
                cuts.of(part)
                        .ranges()
                        .forEach(range -> ask(connection -> {
                            dialect.seeAllRows(connection);
                            return copy.copy(connection, place, range.bounds());
                        }));
            }
        });
    }

    /** How many different owners were taken down. */
    long number(String incident) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "SELECT COUNT(DISTINCT owner) FROM reseal_affected_owner WHERE incident = :incident")
                .bind("incident", incident)
                .mapTo(Long.class)
                .one());
    }

    private record Line(String owner, String schema, String table) {}

    /** Hands out each owner with each of their tables once, in order, a page at a time. */
    void each(String incident, BiConsumer<String, String> line) {
        Line last = new Line("", "", "");
        List<Line> page = page(incident, last);
        while (!page.isEmpty()) {
            page.forEach(one -> line.accept(
                    one.owner(), TableName.of(one.schema(), one.table()).toString()));
            last = page.get(page.size() - 1);
            page = page(incident, last);
        }
    }

    private List<Line> page(String incident, Line after) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        SELECT DISTINCT owner, table_schema, table_name FROM reseal_affected_owner
                        WHERE incident = :incident
                          AND (owner > :owner OR owner = :owner AND (table_schema > :schema
                               OR table_schema = :schema AND table_name > :table))
                        ORDER BY owner, table_schema, table_name LIMIT :page
                        """)
                .bind("incident", incident)
                .bind("owner", after.owner())
                .bind("schema", after.schema())
                .bind("table", after.table())
                .bind("page", PAGE)
                .map((row, context) ->
                        new Line(row.getString("owner"), row.getString("table_schema"), row.getString("table_name")))
                .list());
    }

    private interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    private <T> T ask(Question<T> question) {
        try {
            return jdbi.<T, SQLException>inTransaction(handle ->
                    AffectedValues.PATIENCE.bound(handle.getConnection(), () -> question.ask(handle.getConnection())));
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
