package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.TamperedKeyStoreException;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyType;
import io.reseal.rotation.destruction.Gate;
import io.reseal.rotation.reencryption.ReencryptionRefusedException;
import io.reseal.rotation.reencryption.TableProgress;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetiredColumnTest {

    @TempDir
    Path directory;

    private static SealedColumn column(DestructionStage stage, String table) {
        return new ColumnCatalog(stage.keys)
                .columns().stream()
                        .filter(column -> column.table().equals(table))
                        .findFirst()
                        .orElseThrow();
    }

    private static void retire(DestructionStage stage, SealedColumn column) {
        assertThatThrownBy(() -> stage.rotation.retiredColumns().retire(column, People.ANN, "dropped"))
                .isInstanceOf(ApprovalRequiredException.class);
        Approvals approvals = stage.rotation.approvals();
        approvals.approve(approvals.request(GuardedOperation.retireColumn(column), People.ANN, "dropped"), People.BOB);
        stage.rotation.retiredColumns().retire(column, People.ANN, "dropped");
        stage.rotation.retiredColumns().retire(column, People.ANN, "again changes nothing");
    }

    @EachDatabase
    void aColumnThatLeftTheApplicationStandsInTheWayUntilTwoPeopleRetireIt(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.map("gone", "body");
            stage.clock.advance(Duration.ofMinutes(1));
            stage.prove();
            stage.database.execute("DROP TABLE \"gone\"");
            assertThatThrownBy(() -> stage.rotation.proofs().take(DestructionStage.OLD))
                    .isInstanceOf(ReencryptionRefusedException.class)
                    .hasMessageContaining("gone");

            retire(stage, column(stage, "gone"));
            stage.prove();
            assertThat(stage.rotation.proofs().of(DestructionStage.OLD).get(0).holds())
                    .isTrue();
            assertThat(stage.rotation.retiredColumns().list()).singleElement().hasToString("gone.body");
            assertThat(stage.destruction().checklist().gate(Gate.Name.PROOF).evidence())
                    .contains("not looked at, because people retired them: gone.body (by sso:1001)");
            assertThat(stage.database.query("SELECT actor, detail FROM reseal_audit WHERE action = 'retire-column'"))
                    .singleElement()
                    .asString()
                    .startsWith("sso:1001|asked for by sso:1001, approved by sso:1002")
                    .endsWith("gone.body");
        }
    }

    @Test
    void valuesInARetiredColumnAreNotCounted() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.map("other", "body");
            stage.clock.advance(Duration.ofMinutes(1));
            stage.database.execute("UPDATE \"note\" SET \"body\" = NULL");
            retire(stage, column(stage, "note"));
            stage.writeOldValueBack();
            assertThat(stage.rotation.proofs().take(DestructionStage.OLD).remaining())
                    .isZero();
            assertThat(stage.rotation.reencrypt(DestructionStage.DB).progress().tables())
                    .extracting(TableProgress::table)
                    .doesNotContain("note");
        }
    }

    @EachDatabase
    void aColumnThatHoldsValuesIsNotRetired(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            SealedColumn column = column(stage, "note");
            Approvals approvals = stage.rotation.approvals();
            approvals.approve(
                    approvals.request(GuardedOperation.retireColumn(column), People.ANN, "not mapped"), People.BOB);
            assertThatThrownBy(() -> stage.rotation.retiredColumns().retire(column, People.ANN, "not mapped"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("note.body holds 1 values under keys of database_encryption");
            assertThat(stage.rotation.retiredColumns().list()).isEmpty();
            stage.database.execute("ALTER TABLE \"note\" DROP COLUMN \"body\"");
            stage.rotation.retiredColumns().retire(column, People.ANN, "dropped");
            assertThat(stage.rotation.retiredColumns().list()).hasSize(1);
        }
    }

    @Test
    void aColumnThatIsMappedWithAnotherKeyTypeAsWellStaysCounted() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            SealedColumn obsolete = withTokens(column(stage, "note"));
            new ColumnCatalog(stage.keys).record(List.of(obsolete));
            stage.clock.advance(Duration.ofMinutes(1));
            stage.writeOldValueBack();
            retire(stage, obsolete);
            assertThat(stage.rotation.proofs().take(DestructionStage.OLD).remaining())
                    .isOne();
        }
    }

    @Test
    void aProofFromBeforeAColumnWasMappedIsVoidThoughAnotherKeyTypeOfItIsRetired() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.clock.advance(Duration.ofMinutes(1));
            assertThat(stage.rotation.proofs().take(DestructionStage.OLD).holds())
                    .isTrue();
            stage.map("later", "body");
            SealedColumn obsolete = withTokens(column(stage, "later"));
            new ColumnCatalog(stage.keys).record(List.of(obsolete));
            retire(stage, obsolete);
            assertThat(stage.rotation.proofs().of(DestructionStage.OLD).get(0).voidedBecause())
                    .containsExactly("the column later.body was not looked at");
        }
    }

    private static SealedColumn withTokens(SealedColumn known) {
        return new SealedColumn(
                known.schema(),
                known.table(),
                known.column(),
                known.form(),
                KeyType.TOKEN_ENCRYPTION,
                known.context(),
                known.keyColumns(),
                known.keyUnique());
    }

    @Test
    void aColumnThatIsRetiredBySqlIsFound() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.database.execute(
                    "INSERT INTO reseal_record (kind, id, body) VALUES ('retired-column', 'x',"
                            + " '{\"schema\":\"\",\"table\":\"note\",\"column\":\"body\",\"keyType\":\"database_encryption\",\"since\":\"2026-01-01T00:00:00Z\",\"by\":\"x\"}')");
            assertThatThrownBy(() -> stage.rotation.retiredColumns().list())
                    .isInstanceOf(TamperedKeyStoreException.class);
        }
    }

    @Test
    void onlyWhatTheCatalogHasIsRetired() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            SealedColumn column = withTokens(column(stage, "note"));
            assertThatThrownBy(() -> stage.rotation.retiredColumns().retire(column, People.ANN, "dropped"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("note.body");
        }
    }
}
