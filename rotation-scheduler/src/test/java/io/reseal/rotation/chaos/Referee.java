package io.reseal.rotation.chaos;

import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.attack.Content;
import io.reseal.rotation.attack.Scene;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import io.reseal.rotation.reencryption.RunState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Once nothing goes wrong any more: whether everything goes on, comes to its end, and is as it must be. */
final class Referee {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int SIGN_OF_LIFE = 20;
    private static final int SHOWN = 10;
    private static final Pattern ROW = Pattern.compile("row (\\d+)");

    private final Server server;
    private final Scene scene;
    private final Cast cast;
    private final Path journals;
    private final Judge judge = new Judge();

    Referee(Server server, Scene scene, Cast cast, Path journals) {
        this.server = server;
        this.scene = scene;
        this.cast = cast;
        this.journals = journals;
    }

    /** What is wrong; the writers stand still afterwards. */
    List<String> violations() throws Exception {
        List<String> wrong = new ArrayList<>();
        cast.awaitReady();
        for (NodeSlot application : cast.applications()) {
            require(wrong, application.name() + " commits", () -> committed(application) > 0);
        }
        for (KeyType type : List.of(Scene.DB, Scene.TOKEN)) {
            KeyVersion active = persistently(() -> scene.rotation().rotate(type, "referee", "chaos"));
            resume(type);
            require(wrong, "a run of " + type + " ends", () -> isCompleted(active));
        }
        halt();
        wrong.addAll(judge.violations(server.witness()));
        wrong.addAll(wrongContents());
        wrong.addAll(staleValues());
        return wrong;
    }

    void goOn() {
        cast.applications().forEach(application -> application.process().tell("go"));
    }

    /** After the engines' end: no run stays open. */
    List<String> openRuns() throws SQLException {
        for (KeyType type : List.of(Scene.DB, Scene.TOKEN)) {
            try (Reencryption run = scene.rotation()
                    .reencrypt(
                            type, ReencryptionOptions.defaults().withAcknowledged(Set.of("UPDATE_TRIGGER:account")))) {
                run.resume();
                run.await(PATIENCE);
            }
        }
        return server.witness()
                .query("SELECT 'still open: run ' || id FROM reseal_run WHERE state NOT IN ('COMPLETED', 'CANCELLED')");
    }

    /** A new sign of life, twenty times. */
    private long committed(NodeSlot application) throws InterruptedException, SQLException {
        long from = count("SELECT coalesce(max(seq), 0) FROM chaos_row");
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> count("SELECT count(*) FROM (SELECT 1 FROM chaos_row WHERE seq > " + from + " AND node = '"
                                + application.name() + "' LIMIT " + SIGN_OF_LIFE + ") signs")
                        == SIGN_OF_LIFE);
        return SIGN_OF_LIFE;
    }

    private long count(String sql) throws SQLException {
        return Long.parseLong(server.witness().query(sql).get(0));
    }

    private static void require(List<String> wrong, String what, Callable<Boolean> condition) {
        try {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(condition);
        } catch (ConditionTimeoutException e) {
            wrong.add("not within " + PATIENCE + " after the last fault: " + what);
        }
    }

    /** An operator may have died between pausing a run and resuming it. */
    private void resume(KeyType type) {
        Reencryption run = scene.rotation()
                .reencrypt(
                        type,
                        ReencryptionOptions.defaults()
                                .withAcknowledged(Set.of("UPDATE_TRIGGER:account"))
                                .withWindow(10, 1));
        run.close();
        if (run.progress().state() == RunState.PAUSED) {
            run.resume();
        }
    }

    private boolean isCompleted(KeyVersion active) throws SQLException {
        return count(("SELECT count(*) FROM reseal_run WHERE key_type = '%s' AND target_version = %d"
                                + " AND state = 'COMPLETED'")
                        .formatted(active.id().type().name(), active.id().version()))
                > 0;
    }

    private void halt() throws InterruptedException {
        for (NodeSlot application : cast.applications()) {
            application.process().tell("halt");
        }
        for (NodeSlot application : cast.applications()) {
            application.process().answer("halted");
        }
    }

    /** Reads every row, and compares it with what its writers may have left. */
    private List<String> wrongContents() throws IOException, SQLException {
        List<SlotWriter.Slot> slots = IntStream.range(0, Cast.SLOTS)
                .mapToObj(number -> new SlotWriter.Slot(number, Cast.SLOTS))
                .toList();
        Expectations expectations = SlotWriter.initially(slots);
        List<String> wrong = new ArrayList<>(Journal.readAll(journals, "app-", expectations));
        Map<Long, Content> table = scene.contents();
        wrong.addAll(expectations.violations(table));
        List<String> traced = new ArrayList<>();
        for (String one : wrong.subList(0, Math.min(SHOWN, wrong.size()))) {
            traced.add(one + trace(one));
        }
        traced.addAll(wrong.subList(traced.size(), wrong.size()));
        return traced;
    }

    /** What happened to the row of a complaint lately. */
    private String trace(String complaint) throws SQLException {
        Matcher row = ROW.matcher(complaint);
        return row.find()
                ? " "
                        + server.witness()
                                .query(
                                        "SELECT format('%s by %s: %s to %s', at, node, before, after) FROM chaos_row WHERE id = "
                                                + row.group(1) + " ORDER BY seq DESC LIMIT " + SHOWN)
                : "";
    }

    /** By the test's own count, and by the engine's proof, of every version that was ever retired. */
    private List<String> staleValues() {
        List<String> wrong = new ArrayList<>();
        for (KeyVersion key : scene.rotation().keys()) {
            if (key.state() == KeyState.DEACTIVATED) {
                long values = scene.valuesUnder(key.id());
                if (values > 0) {
                    wrong.add(values + " values remain under " + key.id());
                }
            }
        }
        return wrong;
    }

    /** Whether the engine's own proof agrees, of the version that was retired last. */
    List<Proof> proofs() {
        return scene.rotation().keys().stream()
                .filter(key -> key.state() == KeyState.DEACTIVATED)
                .map(key -> scene.rotation().proofs().take(key.id()))
                .toList();
    }

    private static <T> T persistently(Callable<T> task) throws InterruptedException {
        return ChaosNode.persistently(task);
    }
}
