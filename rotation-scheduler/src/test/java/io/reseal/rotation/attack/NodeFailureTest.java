package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Node processes that join, die, or freeze while a run is under way. */
class NodeFailureTest {

    private static final int KILLS = 5;
    private static final KeyId RETIRED = new KeyId(Scene.DB, 1);
    /** So that another process can still open while it works. */
    private static final String SLOWER = "reencrypt database_encryption 25 8 40 1000";

    private static final String SLOWLY = "reencrypt database_encryption 25 8 15 1000";
    private static final String COMPLETED = "COMPLETED changed=" + Scene.ROWS + " quarantined=0 holds=true";

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    private Scene scene;

    @BeforeEach
    void fill() throws Exception {
        scene = Scene.filled(Databases.POSTGRESQL.fresh(), directory);
        scene.rotate(Scene.DB);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private void requireCompleteAndIntact() throws Exception {
        assertThat(scene.valuesUnder(RETIRED)).isZero();
        assertThat(scene.contents()).isEqualTo(Scene.untouched());
        assertThat(scene.changedTwice()).isEmpty();
        assertThat(scene.rotation().proofs().take(RETIRED).holds()).isTrue();
    }

    @Test
    void aSecondNodeThatJoinsMidRunSharesTheWork() throws Exception {
        JvmProcess first = nodes.start("first", scene);
        JvmProcess second = nodes.start("second", scene);
        first.tell(SLOWER);
        scene.awaitChanges("first", 200);

        second.tell(SLOWLY);

        assertThat(first.answer("joined")).isEqualTo(second.answer("joined"));
        assertThat(first.answer("ended")).isEqualTo(COMPLETED);
        assertThat(second.answer("ended")).isEqualTo(COMPLETED);
        assertThat(scene.changesBy("second")).isGreaterThan(Scene.ROWS / 10);
        assertThat(scene.changesBy("first") + scene.changesBy("second")).isEqualTo(Scene.ROWS);
        requireCompleteAndIntact();
    }

    @Test
    void nodesThatAreKilledLoseNothingAndRepeatNothing() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < KILLS; i++) {
            JvmProcess victim = nodes.start("victim" + i, scene);
            victim.tell(SLOWLY);
            scene.awaitChanges("victim" + i, 1 + random.nextInt(Scene.ROWS / KILLS / 2));
            victim.kill();
        }

        JvmProcess last = nodes.start("last", scene);
        last.tell("reencrypt database_encryption 500 4 0 1000");

        assertThat(last.answer("ended")).isEqualTo(COMPLETED);
        requireCompleteAndIntact();
    }

    @Test
    void aNodeThatWakesUpAfterItsLeaseDoesNothingMoreToRowsThatOthersFinished() throws Exception {
        JvmProcess zombie = nodes.start("zombie", scene);
        JvmProcess other = nodes.start("other", scene);
        zombie.tell(SLOWLY);
        scene.awaitChanges("zombie", 100);
        zombie.freeze();
        long done = scene.changesBy("zombie");

        other.tell("reencrypt database_encryption 100 4 0 1000");
        assertThat(other.answer("ended")).isEqualTo(COMPLETED);
        zombie.thaw();

        assertThat(zombie.answer("ended")).isEqualTo(COMPLETED);
        assertThat(scene.changesBy("zombie")).isBetween(done, done + 25);
        requireCompleteAndIntact();
    }

    @Test
    void aNodeThatFreezesWhileItProlongsItsLeasesHoldsNobodyUpForLong() throws Exception {
        JvmProcess zombie = nodes.start("zombie", scene);
        JvmProcess other = nodes.start("other", scene);
        zombie.tell(SLOWLY);
        scene.awaitChanges("zombie", 100);
        freezeProlonging(zombie);

        other.tell("reencrypt database_encryption 100 4 0 1000");
        assertThat(other.answer("ended")).isEqualTo(COMPLETED);
        zombie.thaw();

        assertThat(zombie.answer("ended")).isEqualTo(COMPLETED);
        requireCompleteAndIntact();
    }

    /** The lock that the test holds stops the node between locking its ranges and letting go of them. */
    private void freezeProlonging(JvmProcess node) throws Exception {
        String sessions =
                "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%FROM reseal_range%ORDER BY id FOR UPDATE' AND ";
        try (Connection mine = scene.database().connect();
                Statement statement = mine.createStatement()) {
            mine.setAutoCommit(false);
            statement.execute("SELECT id FROM reseal_range WHERE state = 'LEASED' FOR UPDATE");
            Scene.await(() -> scene.count(sessions + "wait_event_type = 'Lock'") == 1);
            node.freeze();
            mine.rollback();
        }
        Scene.await(() -> scene.count(sessions + "state = 'idle in transaction'") == 1);
    }

    /** The test takes the range over exactly as a node would, and leaves its rows stale: only the token protects them. */
    @Test
    void aNodeThatWakesUpCommitsNothingUnderATokenThatIsNotItsOwn() throws Exception {
        JvmProcess zombie = nodes.start("zombie", scene);
        zombie.tell(SLOWLY);
        scene.awaitChanges("zombie", 100);
        zombie.freeze();
        String range = takeOver();
        String mine = "FROM history h JOIN reseal_range r ON r.id = " + range
                + " AND h.id > coalesce((r.after_key::jsonb ->> 0)::bigint, -1)"
                + " AND h.id <= coalesce((r.up_to_key::jsonb ->> 0)::bigint, 1000000)";
        long before = scene.count("SELECT count(*) " + mine);
        String taken = row(range);

        zombie.thaw();
        Scene.await(
                () -> scene.count("SELECT count(*) FROM reseal_range WHERE kind = 'TABLE' AND state <> 'DONE'") == 1);

        assertThat(scene.count("SELECT count(*) " + mine)).isEqualTo(before);
        assertThat(row(range)).isEqualTo(taken);
        scene.execute("UPDATE reseal_range SET state = 'READY', owner = NULL, lease_until = NULL WHERE id = " + range);
        assertThat(zombie.answer("ended")).isEqualTo(COMPLETED);
        requireCompleteAndIntact();
    }

    private String takeOver() throws Exception {
        Scene.await(() ->
                scene.count("SELECT count(*) FROM reseal_range WHERE state = 'LEASED' AND lease_until < now()") == 1);
        String range = scene.database()
                .query("SELECT id FROM reseal_range WHERE state = 'LEASED'")
                .get(0);
        scene.execute(
                "UPDATE reseal_range SET token = token + 1, owner = 'test', lease_until = now() + interval '1 day'"
                        + " WHERE id = " + range);
        return range;
    }

    /** What only the owner changes: idle workers may split off a part that it has not come to. */
    private String row(String range) throws Exception {
        return scene.database()
                .query(
                        "SELECT state, owner, token, cursor_key, scanned, rows_changed, rows_superseded FROM reseal_range"
                                + " WHERE id = " + range)
                .get(0);
    }
}
