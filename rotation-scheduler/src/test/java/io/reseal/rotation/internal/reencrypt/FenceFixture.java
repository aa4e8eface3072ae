package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.FenceSurvey;
import io.reseal.rotation.internal.jdbc.SealedTable;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A database whose tables are fenced, and the writes that the fence has to refuse. */
abstract class FenceFixture {

    static final KeyId OLD = new KeyId(Stage.DB, 1);
    static final KeyId SECOND = new KeyId(Stage.DB, 2);
    static final Waiting PATIENT = new Waiting(Duration.ofSeconds(20), blockers -> {});

    @TempDir
    Path directory;

    Stage stage;
    Engine engine;

    @BeforeEach
    void open() throws SQLException {
        stage = new Stage(Databases.POSTGRESQL, database(), directory);
        engine = stage.engine();
    }

    /** Where to fence. */
    TestDatabase database() throws SQLException {
        return Databases.POSTGRESQL.fresh();
    }

    @AfterEach
    void close() throws SQLException {
        engine.close();
        stage.close();
    }

    Proof prove(KeyId key) {
        return engine.proving().hard(key, PATIENT);
    }

    static void refused(ThrowingCallable write) {
        assertThatThrownBy(write)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("RS001"));
    }

    void insert(String table, byte[] value) throws SQLException {
        stage.update("INSERT INTO " + table + " (\"id\", \"v\") VALUES (?, ?)", 1L, value);
    }

    void table(String name, String rest) throws SQLException {
        stage.execute("CREATE TABLE \"" + name.replace("\"", "\"\"") + "\" (\"id\" bigint, \"v\" bytea) " + rest);
        stage.record(name, "v", StorageForm.BINARY, Stage.DB, List.of("id"), true);
    }

    /** Who holds up a fence of a table now. */
    FenceSurvey.Holders holders(String table) throws SQLException {
        return Dialect.of(stage.pool.product())
                .fence()
                .orElseThrow()
                .survey()
                .holders(stage.sql, SealedTable.named(Optional.empty(), table));
    }
}
