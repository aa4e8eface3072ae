package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class IncidentClaimsTest {

    private static final String INCIDENT = "database_encryption/1";

    @TempDir
    Path directory;

    @EachDatabase
    void oneHoldsAnIncidentUntilItLetsGoOrGivesNoSignForALease(Databases kind) throws Exception {
        try (Stage stage = new Stage(kind, directory)) {
            stage.pool.install(RotationSchema.SCHEMA);
            IncidentClaims one = new IncidentClaims(stage.pool.jdbi());
            IncidentClaims other = new IncidentClaims(stage.pool.jdbi());
            assertThat(one.take("token_encryption/1")).isTrue();
            assertThat(one.take(INCIDENT)).isTrue();
            until(stage, "10");
            assertThat(other.take(INCIDENT)).isFalse();
            assertThat(one.take(INCIDENT)).isTrue();

            one.release();
            assertThat(other.take(INCIDENT)).isTrue();
            until(stage, "-1");
            assertThat(one.take(INCIDENT)).isTrue();
            until(stage, "3600"); // by somebody who wants to keep all out
            assertThat(other.take(INCIDENT)).isTrue();
        }
    }

    private static void until(Stage stage, String seconds) {
        stage.pool
                .jdbi()
                .useHandle(
                        handle -> handle.createUpdate("UPDATE reseal_incident_claim SET claimed_until = <after_millis>")
                                .bind("millis", Long.parseLong(seconds) * 1_000)
                                .execute());
    }
}
