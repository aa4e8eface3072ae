package io.reseal.rotation.internal.jdbc;

import io.reseal.database.DatabaseProduct;
import io.reseal.keys.KeyId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes down in {@code reseal_affected_owner} whose rows are under a key, a part of the table at a time; no row leaves the database. */
public final class OwnerCopy {

    private static final int MAX_LENGTH = 255;
    private static final Set<Integer> BINARY = Set.of(Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB);

    private final Dialect dialect;
    private final SealedTable table;
    private final String conditions;
    private final String owner;

    /** @param ownerColumn as in the database's dictionary */
    public OwnerCopy(Dialect dialect, SealedTable table, KeyId key, String ownerColumn) {
        this.dialect = dialect;
        this.table = table;
        this.conditions = table.columns().stream()
                .map(column -> dialect.isUnder(column, List.of(key)))
                .collect(Collectors.joining(" OR "));
        this.owner = "t." + dialect.quoted(ownerColumn);
    }

    /**
     * What the owners are taken down for.
     *
     * @param schema empty for the connection's own schema
     */
    public record Place(String incident, Optional<String> schema, String table) {}

    /** Bytes are no text in any character set: they are taken down in hexadecimal digits. */
    private String ownerText(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT " + owner + " FROM " + dialect.name(table) + " t WHERE 1 = 0");
                ResultSet nothing = statement.executeQuery()) {
            boolean isBinary = BINARY.contains(nothing.getMetaData().getColumnType(1));
            return isBinary
                    ? switch (DatabaseProduct.named(connection.getMetaData().getDatabaseProductName())) {
                        case POSTGRESQL -> "encode(" + owner + ", 'hex')";
                        case H2 -> "LOWER(RAWTOHEX(" + owner + "))";
                        case MARIADB -> "LOWER(HEX(" + owner + "))";
                    }
                    : dialect.asText(owner);
        }
    }

    /** The number of owners that were not there before. */
    public int copy(Connection connection, Place place, Bounds bounds) throws SQLException {
        String text = "SUBSTRING(" + ownerText(connection) + " FROM 1 FOR " + MAX_LENGTH + ")";
        String incident = place.incident();
        String schema = place.schema().orElse("");
        Sql insert = new Sql(
                        "INSERT INTO reseal_affected_owner (incident, owner, table_schema, table_name) SELECT DISTINCT ")
                .add(dialect.asText("?") + ", " + text + ", ", incident)
                .add(dialect.asText("?") + ", " + dialect.asText("?"), schema, place.table())
                .add(" FROM " + dialect.name(table) + " t WHERE " + owner + " IS NOT NULL AND ")
                .add(dialect.isWithin(table, bounds))
                .add(" AND (" + conditions + ")")
                .add(" AND NOT EXISTS (SELECT 1 FROM reseal_affected_owner a WHERE a.incident = ?", incident)
                .add(" AND a.owner = " + text)
                .add(" AND a.table_schema = ? AND a.table_name = ?)", schema, place.table());
        try (PreparedStatement statement = insert.prepare(connection)) {
            return statement.executeUpdate();
        }
    }
}
