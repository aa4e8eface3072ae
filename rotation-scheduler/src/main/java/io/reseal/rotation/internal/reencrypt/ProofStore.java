package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.Moments;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.internal.jdbc.DatabaseMark;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.ProofStrength;
import io.reseal.rotation.reencryption.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.StatementContext;
import tools.jackson.databind.json.JsonMapper;

/** The tables {@code reseal_proof} and {@code reseal_proof_column}: proofs are only ever added. */
final class ProofStore {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Jdbi jdbi;
    private final KeyTypes types;

    ProofStore(Jdbi jdbi, KeyTypes types) {
        this.jdbi = jdbi;
        this.types = types;
    }

    /** Keeps a proof, as yet of no run. */
    StoredProof add(TakenProof proof) {
        return jdbi.inTransaction(handle -> add(handle, proof));
    }

    /** The proof is one of those that end a run. */
    void ends(Handle handle, RunId run, StoredProof proof) {
        handle.createUpdate("UPDATE reseal_proof SET run_id = :run WHERE id = :id")
                .bind("run", run.value())
                .bind("id", proof.id())
                .execute();
    }

    private static StoredProof add(Handle handle, TakenProof proof) {
        long id = handle.createUpdate("""
                        INSERT INTO reseal_proof (key_type, version, strength, taken_at, assumptions, database_id,
                                                  wal_position)
                        VALUES (:type, :version, :strength, :takenAt, :assumptions, :database, :position)
                        """)
                .bind("type", proof.key().type().name())
                .bind("version", proof.key().version())
                .bind("strength", proof.strength().name())
                .bind("takenAt", proof.takenAt())
                .bind("assumptions", JSON.writeValueAsString(proof.assumptions()))
                .bind("database", proof.mark().database())
                .bind("position", proof.mark().position())
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one();
        PreparedBatch batch = handle.prepareBatch("""
                INSERT INTO reseal_proof_column (proof_id, table_schema, table_name, column_name, remaining, total, snapshot,
                                                 place)
                VALUES (:proof, :schema, :table, :column, :remaining, :total, :snapshot, :place)
                """);
        for (TakenProof.Seen seen : proof.columns()) {
            batch.bind("proof", id)
                    .bind("schema", seen.table().schemaText())
                    .bind("table", seen.table().table())
                    .bind("column", seen.column().column())
                    .bind("remaining", seen.column().remaining())
                    .bind("total", seen.column().values())
                    .bind("snapshot", seen.snapshot())
                    .bind("place", seen.place())
                    .add();
        }
        if (batch.size() > 0) {
            batch.execute();
        }
        return new StoredProof(id, proof);
    }

    /** The proofs that ended a run, by version. */
    List<StoredProof> ofRun(RunId run) {
        return jdbi.inTransaction(handle -> read(
                handle,
                handle.createQuery("SELECT * FROM reseal_proof WHERE run_id = :run ORDER BY version")
                        .bind("run", run.value())));
    }

    /** Every proof that was taken of a key, newest first. */
    List<StoredProof> of(KeyId key) {
        return jdbi.inTransaction(handle -> read(
                handle,
                handle.createQuery("SELECT * FROM reseal_proof WHERE key_type = :type AND version = :version"
                                + " ORDER BY id DESC")
                        .bind("type", key.type().name())
                        .bind("version", key.version())));
    }

    private List<StoredProof> read(Handle handle, Query query) {
        return query.map((row, context) -> proof(handle, row, context)).list();
    }

    private StoredProof proof(Handle handle, ResultSet row, StatementContext context) throws SQLException {
        TakenProof taken = new TakenProof(
                new KeyId(types.named(row.getString("key_type")), row.getInt("version")),
                ProofStrength.valueOf(row.getString("strength")),
                Moments.read(row, "taken_at", context),
                List.of(JSON.readValue(row.getString("assumptions"), String[].class)),
                new DatabaseMark(row.getString("database_id"), row.getString("wal_position")),
                columns(handle, row.getLong("id")));
        return new StoredProof(row.getLong("id"), taken);
    }

    private static List<TakenProof.Seen> columns(Handle handle, long proof) {
        return handle.createQuery("SELECT * FROM reseal_proof_column WHERE proof_id = :proof"
                        + " ORDER BY table_schema, table_name, column_name")
                .bind("proof", proof)
                .map((row, context) -> seen(row))
                .list();
    }

    private static TakenProof.Seen seen(ResultSet row) throws SQLException {
        TableName table = TableName.of(row.getString("table_schema"), row.getString("table_name"));
        ColumnProof column = new ColumnProof(
                table.schema(),
                table.table(),
                row.getString("column_name"),
                row.getLong("remaining"),
                row.getLong("total"));
        return new TakenProof.Seen(column, row.getString("snapshot"), row.getString("place"));
    }
}
