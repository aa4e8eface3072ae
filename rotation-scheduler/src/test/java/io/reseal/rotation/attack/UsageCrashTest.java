package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyUsage;
import io.reseal.rotation.KeyRotation;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A process that seals without a pause and is killed before it has written down anything. */
class UsageCrashTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final int VALUES = 1_500;
    private static final long GREATEST_BLOCK = 1L << 20;

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private final TestDatabase database = Databases.POSTGRESQL.fresh();

    @Test
    void countsForMoreThanItSealedAndNeverForLess() throws Exception {
        database.execute(SealingNode.TABLES);
        String keyFile = directory.resolve("kek.json").toString();
        ResealSettings settings = database.settings(Map.of(ResealSettings.KEK_FILE, keyFile));
        try (KeyRotation rotation = KeyRotation.open(settings, Clock.systemUTC())) {
            rotation.rotate(DB, "attack", "first");
            JvmProcess doomed = nodes.sealing("doomed", List.of(database.url(), keyFile, "PT0.1S", "PT5S"));
            await().atMost(Duration.ofSeconds(40)).until(() -> sealed() > VALUES);
            doomed.kill();
            assertThat(rotation.usage())
                    .singleElement()
                    .extracting(KeyUsage::reserved)
                    .satisfies(reserved -> assertThat(reserved).isBetween(sealed(), sealed() + 2 * GREATEST_BLOCK));
        }
    }

    /** The test's own count. */
    private long sealed() throws Exception {
        return Long.parseLong(database.query("SELECT count(*) FROM sealed").get(0));
    }
}
