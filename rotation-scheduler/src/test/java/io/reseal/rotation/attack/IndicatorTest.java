package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An application in a process of its own meets what somebody did to its rows by SQL, and another process raises the alerts. */
class IndicatorTest {

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private static List<String> alerts(Scene scene) {
        return scene.rotation().alerts().look().stream()
                .map(alert -> alert.severity() + " " + alert.kind() + " " + alert.subject() + " " + alert.count())
                .toList();
    }

    @Test
    void whatAnApplicationMeetsIsAnAlertInAnotherProcessAndOutlivesItsOwn() throws Exception {
        try (Scene scene = Scene.unwatched(Databases.POSTGRESQL.fresh(), directory)) {
            JvmProcess application = nodes.start("application", scene);
            assertThat(alerts(scene)).isEmpty();
            scene.execute("UPDATE account SET secret = set_byte(secret, 4, 99) WHERE id = 26");
            application.tell("fail 26 26");
            assertThat(application.answer("refused")).isEqualTo("1");
            await().untilAsserted(() ->
                    assertThat(alerts(scene)).containsExactly("WARNING UNKNOWN_KEY column account.secret 1"));

            scene.execute(
                    "UPDATE account SET secret = set_bit(secret, 200, 1 - get_bit(secret, 200)) WHERE id BETWEEN 1 AND 25");
            application.tell("fail 1 25");
            assertThat(application.answer("refused")).isEqualTo("25");
            await().untilAsserted(() -> assertThat(alerts(scene))
                    .contains(
                            "WARNING TAMPERED_VALUE column account.secret 25",
                            "WARNING UNKNOWN_KEY column account.secret 1"));
            application.kill();

            List<Alert> open = scene.rotation().alerts().look();
            assertThat(open)
                    .filteredOn(alert -> alert.severity() == AlertSeverity.CRITICAL)
                    .allSatisfy(alert -> assertThat(alert.kind()).isEqualTo(AlertKind.FAILED_OPENINGS))
                    .extracting(alert -> alert.subject().sort().name())
                    .containsExactlyInAnyOrder("COLUMN", "NODE");
            assertThat(open.toString())
                    .contains("database_encryption version 99")
                    .doesNotContain("secret of");
        }
    }
}
