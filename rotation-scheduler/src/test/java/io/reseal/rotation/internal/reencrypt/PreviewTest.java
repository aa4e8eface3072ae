package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.StorageForm;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.reencryption.ReencryptionPlan;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is shown before a run is what it would meet, and that which is about no table in particular is named as well. */
class PreviewTest {

    @TempDir
    Path directory;

    @EachDatabase
    void showsWhatARunWouldDoAndDoesNothing(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                Engine engine = stage.engine()) {
            stage.accounts(3_000);
            KeyId active = stage.rotate(Stage.DB);

            ReencryptionPlan plan = engine.plan(Stage.DB);

            assertThat(plan.retired()).containsExactly(new KeyId(Stage.DB, 1));
            assertThat(plan.tables()).singleElement().satisfies(table -> {
                assertThat(table.table()).isEqualTo("account");
                assertThat(table.estimatedRows()).isBetween(2_000L, 4_000L);
                assertThat(table.ranges()).isGreaterThan(1);
            });
            assertThat(plan.refusals(Set.of())).isEmpty();
            assertThat(stage.binaryUnder("account", "secret", active)).isZero();
            assertThat(stage.count("SELECT COUNT(*) FROM reseal_run")).isZero();
        }
    }

    @Test
    void refusesAReadOnlyDatabase() throws Exception {
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory)) {
            stage.accounts(3);
            stage.rotate(Stage.DB);
            stage.engine().close();
            stage.execute("ALTER DATABASE " + stage.database.url().replaceAll(".*/", "")
                    + " SET default_transaction_read_only = on");
            try (ResealDatabase own = stage.pool("postgres");
                    Engine engine = Engine.open(own, stage.keys, stage.settings.lease(), Clock.systemUTC())) {
                assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                        .isInstanceOf(ReencryptionRefusedException.class)
                        .hasMessageContaining("read-only for the user postgres: default_transaction_read_only is on");
                assertThat(engine.plan(Stage.DB).obstacles())
                        .singleElement()
                        .asString()
                        .contains("read-only for the user postgres");
            }
        }
    }

    @Test
    void namesAnEmptyCatalogAndAMappedKeyTypeThatSealsNothing() throws Exception {
        KeyType files = KeyType.FILE_ENCRYPTION;
        try (Stage stage = new Stage(Databases.POSTGRESQL, directory);
                Engine engine = stage.engine()) {
            stage.rotate(Stage.DB);

            assertThat(engine.plan(Stage.DB).obstacles())
                    .singleElement()
                    .asString()
                    .startsWith("The catalog of columns lists none");

            stage.execute("CREATE TABLE t (id bigint PRIMARY KEY, v bytea)");
            stage.record("t", "v", StorageForm.BINARY, files, List.of("id"), true);
            assertThat(engine.plan(Stage.DB).obstacles())
                    .containsExactly("The column t.v is mapped to the key type " + files
                            + ", which has no active version. Rotate " + files + " first");
            assertThatThrownBy(() -> engine.start(Stage.DB, Stage.SMALL))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("Rotate " + files + " first");
        }
    }

    /** Whoever held a connection while waiting for another would wait for ever where there is only one. */
    @EachDatabase
    void aSingleConnectionIsEnoughToPlanToShowAndToProve(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory);
                ResealDatabase single = ResealDatabase.open(stage.settings, "single", 1);
                Engine engine = Engine.open(single, stage.keys, stage.settings.lease(), Clock.systemUTC())) {
            stage.accounts(100);
            stage.rotate(Stage.DB);

            assertThat(engine.plan(Stage.DB).refusals(Set.of())).isEmpty();
            assertThat(Stage.complete(engine.start(Stage.DB, Stage.SMALL.withWorkers(1)))
                            .changed())
                    .isEqualTo(100);
            KeyId old = new KeyId(Stage.DB, 1);
            assertThat(engine.proving().soft(old).holds()).isTrue();
            if (kind == Databases.POSTGRESQL) {
                Waiting patient = new Waiting(Duration.ofSeconds(20), blockers -> {});
                assertThat(engine.proving().hard(old, patient).holds()).isTrue();
            }
        }
    }
}
