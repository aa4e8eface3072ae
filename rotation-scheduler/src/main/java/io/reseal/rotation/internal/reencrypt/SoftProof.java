package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.Moments;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.ColumnProof;
import io.reseal.rotation.Proof;
import io.reseal.rotation.RunId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.ValueColumn;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/** Counts what remains under retired keys: one statement and one snapshot per table. */
final class SoftProof {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final List<String> assumptions;

    SoftProof(Jdbi jdbi, Dialect dialect, Duration keyLease) {
        this.jdbi = jdbi;
        this.dialect = dialect;
        this.assumptions = List.of(
                "no transaction took longer than the key lease (" + keyLease
                        + ") between sealing a value and committing it",
                "no transaction that was prepared before the rotation was committed after it",
                "every column that holds sealed values is listed in reseal_column",
                "copies outside these tables (backups, replicas, exports) were not looked at");
    }

    /** One proof for each key. */
    List<Proof> take(List<KeyId> keys, List<TargetTable> tables) {
        if (keys.isEmpty()) {
            return List.of();
        }
        Instant takenAt = now();
        Map<KeyId, List<ColumnProof>> columns = new LinkedHashMap<>();
        keys.forEach(key -> columns.put(key, new ArrayList<>()));
        tables.forEach(table -> count(table, columns));
        return keys.stream()
                .map(key -> new Proof(key, takenAt, columns.getOrDefault(key, List.of()), assumptions))
                .toList();
    }

    private Instant now() {
        return jdbi.withHandle(handle ->
                handle.createQuery("SELECT <now>").mapTo(Instant.class).one());
    }

    private void count(TargetTable table, Map<KeyId, List<ColumnProof>> proofs) {
        List<KeyId> keys = List.copyOf(proofs.keySet());
        String sql = table.shape().columns().stream()
                .map(column -> counts(column, keys))
                .collect(Collectors.joining(", ", "SELECT ", " FROM " + dialect.name(table.shape()) + " t"));
        try {
            jdbi.<SQLException>useTransaction(handle -> {
                dialect.seeAllRows(handle.getConnection());
                try (PreparedStatement statement = handle.getConnection().prepareStatement(sql);
                        ResultSet row = statement.executeQuery()) {
                    row.next();
                    read(row, table, proofs);
                }
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    private String counts(ValueColumn column, List<KeyId> keys) {
        String remaining = keys.stream()
                .map(key -> "COUNT(CASE WHEN " + dialect.isUnder(column, List.of(key)) + " THEN 1 END)")
                .collect(Collectors.joining(", "));
        return "COUNT(t." + dialect.quoted(column.name()) + "), " + remaining;
    }

    private static void read(ResultSet row, TargetTable table, Map<KeyId, List<ColumnProof>> proofs)
            throws SQLException {
        int position = 1;
        for (ValueColumn column : table.shape().columns()) {
            long values = row.getLong(position++);
            for (List<ColumnProof> proof : proofs.values()) {
                long remaining = row.getLong(position++);
                proof.add(
                        new ColumnProof(table.name().schema(), table.name().table(), column.name(), remaining, values));
            }
        }
    }

    /** Keeps the proofs that end a run. */
    static void store(Handle handle, RunId run, List<Proof> proofs) {
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO reseal_proof (run_id, key_type, version, table_schema, table_name, column_name, remaining, total,
                                          taken_at, assumptions)
                VALUES (:run, :type, :version, :schema, :table, :column, :remaining, :total, :takenAt, :assumptions)
                """);
        for (Proof proof : proofs) {
            for (ColumnProof column : proof.columns()) {
                batch.bind("run", run.value())
                        .bind("type", proof.key().type().name())
                        .bind("version", proof.key().version())
                        .bind("schema", column.schema().orElse(""))
                        .bind("table", column.table())
                        .bind("column", column.column())
                        .bind("remaining", column.remaining())
                        .bind("total", column.values())
                        .bind("takenAt", proof.takenAt())
                        .bind("assumptions", JSON.writeValueAsString(proof.assumptions()))
                        .add();
            }
        }
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /** The proofs that ended a run. */
    static List<Proof> stored(Handle handle, RunId run, KeyTypes types) {
        Map<KeyId, Proof> proofs = new LinkedHashMap<>();
        handle.createQuery("SELECT * FROM reseal_proof WHERE run_id = :run"
                        + " ORDER BY version, table_schema, table_name, column_name")
                .bind("run", run.value())
                .map((row, context) -> proof(row, context, types))
                .forEach(proof -> proofs.merge(proof.key(), proof, SoftProof::joined));
        return List.copyOf(proofs.values());
    }

    private static Proof proof(ResultSet row, StatementContext context, KeyTypes types) throws SQLException {
        TableName table = TableName.of(row.getString("table_schema"), row.getString("table_name"));
        ColumnProof column = new ColumnProof(
                table.schema(),
                table.table(),
                row.getString("column_name"),
                row.getLong("remaining"),
                row.getLong("total"));
        return new Proof(
                new KeyId(types.named(row.getString("key_type")), row.getInt("version")),
                Moments.read(row, "taken_at", context),
                List.of(column),
                List.of(JSON.readValue(row.getString("assumptions"), String[].class)));
    }

    private static Proof joined(Proof one, Proof other) {
        List<ColumnProof> columns = new ArrayList<>(one.columns());
        columns.addAll(other.columns());
        return new Proof(one.key(), one.takenAt(), columns, one.assumptions());
    }
}
