package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.TamperedKeyStoreException;
import io.reseal.rotation.destruction.Gate;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who may write to the tables, and has not the key of the key store's MAC. */
class ProofTamperingTest {

    @TempDir
    Path directory;

    private static Gate gate(DestructionStage stage, Gate.Name name) {
        return stage.destruction().checklist().gate(name);
    }

    private static void edited(DestructionStage stage, String sql, String evidence) throws SQLException {
        stage.prove();
        assertThat(gate(stage, Gate.Name.PROOF).answer()).isEqualTo(Gate.Answer.MET);
        stage.database.execute(sql);
        assertThat(gate(stage, Gate.Name.PROOF).isUnmet()).as(sql).isTrue();
        assertThat(gate(stage, Gate.Name.PROOF).evidence()).as(sql).contains(evidence);
        assertThat(stage.rotation.proofs().of(DestructionStage.OLD).get(0).holds())
                .isFalse();
    }

    @EachDatabase
    void aProofThatWasEditedByHandSatisfiesNoGate(Databases kind) throws Exception {
        try (DestructionStage stage = new DestructionStage(kind, directory, Map.of())) {
            stage.clock.advance(DestructionStage.GRACE);
            stage.writeOldValueBack();
            stage.rotation.proofs().take(DestructionStage.OLD);
            assertThat(gate(stage, Gate.Name.PROOF).evidence()).contains("values are under it");
            stage.database.execute("UPDATE reseal_proof_column SET remaining = 0");
            assertThat(gate(stage, Gate.Name.PROOF).evidence()).contains("was edited");
            stage.writeNewValue();
            edited(stage, "UPDATE reseal_proof SET taken_at = taken_at + INTERVAL '1' HOUR", "was edited");
        }
    }

    @Test
    void everyColumnOfAProofIsCovered() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.clock.advance(DestructionStage.GRACE);
            for (String change : List.of(
                    "reseal_proof SET strength = 'HARD'",
                    "reseal_proof SET assumptions = '[]'",
                    "reseal_proof SET database_id = 'x'",
                    "reseal_proof SET wal_position = 'x'",
                    "reseal_proof_column SET total = total + 1",
                    "reseal_proof_column SET snapshot = 'x'",
                    "reseal_proof_column SET place = 'x'")) {
                edited(stage, "UPDATE " + change, "was edited");
            }
        }
    }

    @Test
    void aProofThatWasDeletedOrMadeUpIsNoPartOfASeries() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.clock.advance(DestructionStage.GRACE);
            stage.rotation.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            stage.prove();
            stage.ageProofs("'31' DAY");
            stage.writeOldValueBack();
            stage.prove();
            stage.writeNewValue();
            stage.prove();
            assertThat(gate(stage, Gate.Name.BACKUPS).isUnmet()).isTrue();

            String bad = stage.database
                    .query("SELECT proof_id FROM reseal_proof_column WHERE remaining > 0")
                    .get(0);
            stage.database.execute("DELETE FROM reseal_proof_column WHERE proof_id = " + bad);
            stage.database.execute("DELETE FROM reseal_proof WHERE id = " + bad);
            assertThat(gate(stage, Gate.Name.PROOF).isUnmet()).isFalse();
            assertThat(gate(stage, Gate.Name.BACKUPS).isUnmet()).isTrue();
            assertThat(stage.rotation.proofs().of(DestructionStage.OLD).get(1).voidedBecause())
                    .containsExactly("its row " + bad + " in reseal_proof is gone, and was not deleted by Reseal");

            stage.database.execute("INSERT INTO reseal_proof (key_type, version, strength, taken_at, assumptions,"
                    + " database_id, wal_position) SELECT key_type, version, strength, CURRENT_TIMESTAMP, assumptions, database_id,"
                    + " wal_position FROM reseal_proof WHERE id = (SELECT MAX(id) FROM reseal_proof)");
            assertThat(gate(stage, Gate.Name.PROOF).evidence()).contains("the key store has no record of its row");
        }
    }

    @Test
    void aNewerCountMakesNoEditedHardProofGood() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.POSTGRESQL, directory, Map.of())) {
            stage.clock.advance(DestructionStage.GRACE);
            stage.prove();
            stage.database.execute("UPDATE reseal_proof SET assumptions = '[]' WHERE strength = 'HARD'");
            stage.rotation.proofs().take(DestructionStage.OLD);
            assertThat(gate(stage, Gate.Name.PROOF).evidence())
                    .contains("no proof of it is younger than 24 hours, hard");
        }
    }

    @Test
    void nothingIsProvedOrDestroyedWhileAColumnIsTakenOutOfTheCatalogByHand() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.clock.advance(DestructionStage.GRACE);
            stage.map("other", "body");
            stage.prove();
            assertThat(gate(stage, Gate.Name.PROOF).isUnmet()).isFalse();
            stage.database.execute("DELETE FROM reseal_record WHERE kind = 'mapped-columns' AND id = 'other'");
            assertThatThrownBy(stage::prove)
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("the row of the mapped-columns 'other' in reseal_record was deleted");
            assertThatThrownBy(() -> stage.destruction().propose(People.ANN, "nobody needs it"))
                    .isInstanceOf(TamperedKeyStoreException.class);
        }
    }
}
