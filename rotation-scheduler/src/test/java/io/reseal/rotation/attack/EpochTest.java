package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyType;
import io.reseal.rotation.KeyRotation;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Three processes that seal without a pause, one of them slow to look, one frozen for longer than its lease. */
class EpochTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final int ROTATIONS = 2;
    private static final String LEASE = "PT1.5S";

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private final TestDatabase database = Databases.POSTGRESQL.fresh();

    @Test
    void noReadFailsAndNothingIsSealedUnderAnOldVersionAfterTheEpoch() throws Exception {
        database.execute(SealingNode.TABLES);
        try (KeyRotation rotation = KeyRotation.open(settings(), Clock.systemUTC())) {
            rotation.rotate(DB, "attack", "first");
            start("quick", "PT0.1S");
            start("slow", "PT1.2S");
            JvmProcess sleeper = start("sleeper", "PT0.1S");
            for (int i = 2; i < 2 + ROTATIONS; i++) {
                awaitValuesOfAllUnder(i - 1);
                sleeper.freeze();
                KeyId active = rotation.rotate(DB, "attack", "test").id();
                long epoch = Clock.systemUTC().millis();
                assertThat(rotation.nodes())
                        .extracting(KeyNode::standing)
                        .contains(KeyNode.Standing.LAPSED)
                        .hasSize(3);
                sleeper.thaw();
                awaitValuesOfAllUnder(active.version());
                assertThat(sealedUnder(i - 1, epoch)).isZero();
            }
        }
        assertThat(database.query("SELECT node, text FROM complaint")).isEmpty();
    }

    private JvmProcess start(String name, String refresh) throws IOException, InterruptedException {
        return nodes.sealing(
                name, List.of(database.url(), directory.resolve("kek.json").toString(), refresh, LEASE));
    }

    private void awaitValuesOfAllUnder(int version) {
        await().atMost(LONG)
                .until(() -> count("SELECT count(*) FROM (SELECT node FROM sealed WHERE " + isUnder(version)
                                + " GROUP BY node HAVING count(*) > 20) AS n")
                        == 3);
    }

    /** The test's own count. */
    private long sealedUnder(int version, long after) throws SQLException {
        return count("SELECT count(*) FROM sealed WHERE asked > " + after + " AND " + isUnder(version));
    }

    private static String isUnder(int version) {
        return "encode(substring(body FROM 1 FOR 5), 'hex') = '"
                + HexFormat.of().formatHex(new KeyId(DB, version).header()) + "'";
    }

    private long count(String sql) throws SQLException {
        return Long.parseLong(database.query(sql).get(0));
    }

    private ResealSettings settings() {
        return ResealSettings.from(Map.of(
                ResealSettings.KEY_STORE, database.url(),
                ResealSettings.KEY_STORE_USER, database.user(),
                ResealSettings.KEY_STORE_PASSWORD, database.password(),
                ResealSettings.KEK_FILE, directory.resolve("kek.json").toString(),
                ResealSettings.REFRESH, "PT0.1S",
                ResealSettings.LEASE, LEASE));
    }
}
