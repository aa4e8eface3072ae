package io.reseal.rotation;

import static io.reseal.rotation.EmergencyStage.FIRST;
import static io.reseal.rotation.EmergencyStage.ROWS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AffectedOwnersTest {

    private static final Map<String, String> OWNED = Map.of("reseal.owner.NOTE", "OWNER_ID");
    private static final int MANY = 2_500;

    @TempDir
    Path directory;

    @EachDatabase
    void ownersAreTakenDownBeforeTheReencryptionHidesWhoseRowsTheyWere(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory, OWNED)) {
            stage.database.execute("UPDATE \"note\" SET \"body\" = 'plain', \"title\" = NULL WHERE \"owner_id\" = 102");
            stage.emergency();
            Affected affected = stage.proved(FIRST).response().affected().orElseThrow();
            assertThat(affected.rows()).isEqualTo(ROWS - ROWS / 3);
            assertThat(affected.owners()).contains(2L);
            assertThat(affected.tables().get(0).owners()).contains(2L);
            assertThat(stage.rotation.emergency().affected(FIRST).rows()).isZero();
            assertThat(csv(stage)).containsExactly("\"owner\",\"table\"", "\"100\",\"note\"", "\"101\",\"note\"");
        }
    }

    @Test
    void takingThemDownAgainAddsNobody() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory, OWNED)) {
            stage.rotation.incidents().affected().takeDown(FIRST, "x/1");
            stage.rotation.incidents().affected().takeDown(FIRST, "x/1");
            assertThat(stage.database.query("SELECT owner FROM reseal_affected_owner ORDER BY owner"))
                    .containsExactly("100", "101", "102");
        }
    }

    @Test
    void aColumnThatIsNotThereIsNamedAndHoldsNothingUp() throws Exception {
        try (EmergencyStage stage =
                new EmergencyStage(Databases.H2, directory, Map.of("reseal.owner.note", "customer"))) {
            Affected affected = stage.emergency().response().affected().orElseThrow();
            assertThat(affected.rows()).isEqualTo(ROWS);
            assertThat(affected.owners()).isEmpty();
            assertThat(affected.tables().get(0).problem()).contains("no column customer");
        }
    }

    /** Numbers of users are often sixteen bytes. */
    @EachDatabase
    void ownersThatAreBytesAreTakenDownAsDigits(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory, Map.of("reseal.owner.note", "bytes"))) {
            String type = kind == Databases.POSTGRESQL ? "bytea" : "BINARY(3)";
            String value = kind == Databases.POSTGRESQL ? "'\\xff00fe'" : "X'ff00fe'";
            stage.database.execute("ALTER TABLE \"note\" ADD COLUMN \"bytes\" " + type);
            stage.database.execute("UPDATE \"note\" SET \"bytes\" = " + value + " WHERE \"id\" <= 5");
            Affected affected = stage.emergency().response().affected().orElseThrow();
            assertThat(affected.tables().get(0).problem()).isEmpty();
            assertThat(affected.owners()).contains(1L);
            assertThat(csv(stage)).containsExactly("\"owner\",\"table\"", "\"ff00fe\",\"note\"");
        }
    }

    @Test
    void ownersThatCannotBeTakenDownHoldNothingUp() throws Exception {
        try (EmergencyStage stage =
                new EmergencyStage(Databases.POSTGRESQL, directory, Map.of("reseal.owner.note", "odd"))) {
            stage.database.execute(
                    "ALTER TABLE note ADD COLUMN odd json; UPDATE note SET odd = '{}'"); // has no equality
            Affected affected = stage.emergency().response().affected().orElseThrow();
            assertThat(affected.rows()).isEqualTo(ROWS);
            assertThat(affected.tables().get(0).problem()).contains("owners");
            stage.proved(FIRST);
        }
    }

    @Test
    void aTableThatIsGoneIsNamedAndHoldsNoCountUp() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory, OWNED)) {
            stage.database.execute("DROP TABLE note");
            Affected affected = stage.rotation.emergency().affected(FIRST);
            assertThat(affected.tables())
                    .singleElement()
                    .satisfies(table -> assertThat(table.problem()).contains("note"));
        }
    }

    /** Whoever is missing from the list is not told. */
    @Test
    void anyEditOfTheOwnersThatWereTakenDownIsNamedByTheExport() throws Exception {
        try (EmergencyStage stage = new EmergencyStage(Databases.POSTGRESQL, directory, OWNED)) {
            stage.emergency();
            assertThat(csv(stage)).hasSize(4);
            for (String edit : List.of(
                    "DELETE FROM reseal_affected_owner WHERE owner = '101'",
                    "UPDATE reseal_affected_owner SET owner = '999' WHERE owner = '101'",
                    "UPDATE reseal_affected_owner SET table_name = 'other' WHERE owner = '101'",
                    "UPDATE reseal_affected_owner SET owner = owner || table_name, table_name = ''",
                    "INSERT INTO reseal_affected_owner SELECT incident, '999', table_schema, table_name"
                            + " FROM reseal_affected_owner WHERE owner = '101'",
                    "DELETE FROM reseal_affected_owner")) {
                stage.database.execute("CREATE TABLE before AS SELECT * FROM reseal_affected_owner; " + edit);
                assertThatThrownBy(() -> csv(stage))
                        .as(edit)
                        .isInstanceOf(IncidentRefusedException.class)
                        .hasMessageContainingAll("reseal_affected_owner", "somebody other than Reseal", "backup");
                stage.database.execute("DELETE FROM reseal_affected_owner;"
                        + " INSERT INTO reseal_affected_owner SELECT * FROM before; DROP TABLE before");
                assertThat(csv(stage)).hasSize(4);
            }
        }
    }

    @EachDatabase
    void exportsManyOwnersAPageAtATimeThoughTheyAreNotThoseTakenDown(Databases kind) throws Exception {
        try (EmergencyStage stage = new EmergencyStage(kind, directory, OWNED)) {
            stage.emergency();
            StringBuilder rows = new StringBuilder("('database_encryption/1', '=1+1', '', 'a')");
            for (int i = 0; i < MANY; i++) {
                rows.append(", ('database_encryption/1', 'u%05d', '', '%s')".formatted(i / 2, i % 2 == 0 ? "a" : "b"));
            }
            stage.database.execute("DELETE FROM reseal_affected_owner");
            stage.database.execute(
                    "INSERT INTO reseal_affected_owner (incident, owner, table_schema, table_name) VALUES " + rows);
            StringWriter text = new StringWriter();
            assertThatThrownBy(() -> stage.rotation.incidents().writeAffectedOwners(FIRST, text))
                    .isInstanceOf(IncidentRefusedException.class);
            assertThat(text.toString().lines())
                    .hasSize(MANY + 2)
                    .doesNotHaveDuplicates()
                    .contains("\"'=1+1\",\"a\"", "\"u01249\",\"b\"");
        }
    }

    private static List<String> csv(EmergencyStage stage) throws Exception {
        StringWriter text = new StringWriter();
        stage.rotation.incidents().writeAffectedOwners(FIRST, text);
        return text.toString().lines().toList();
    }
}
