package io.reseal.rotation.attack;

import io.reseal.testing.Databases.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts node processes, and ends each of them after the test. */
final class Nodes implements AfterEachCallback {

    private final List<JvmProcess> started = new ArrayList<>();

    /** A node that waits for orders; the database knows its connections by {@code name}. */
    JvmProcess start(String name, Scene scene) throws IOException, InterruptedException {
        return start(name, scene, "PT0.2S", "PT1S");
    }

    /** The same with its own refresh interval and lease of the keys. */
    JvmProcess start(String name, Scene scene, String refresh, String lease) throws IOException, InterruptedException {
        return start(name, scene.database(), List.of(scene.keyFile().toString(), refresh, lease));
    }

    /** A node on a database without a scene. */
    JvmProcess start(String name, TestDatabase database, Path keyFile) throws IOException, InterruptedException {
        return start(name, database, List.of(keyFile.toString(), "PT0.2S", "PT1S"));
    }

    /** A node that hears of no rotation for an hour. */
    JvmProcess deaf(String name, TestDatabase database, Path keyFile) throws IOException, InterruptedException {
        return start(name, database, List.of(keyFile.toString(), "PT1H", "PT2H"));
    }

    /** A process that seals from the start on; its name is put before the arguments. */
    JvmProcess sealing(String name, List<String> arguments) throws IOException, InterruptedException {
        JvmProcess node = launchSealing(name, arguments);
        node.answer("ready");
        return node;
    }

    /** The same, not waited for until it is ready. */
    JvmProcess launchSealing(String name, List<String> arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(name));
        all.addAll(arguments);
        JvmProcess node = JvmProcess.start(name, SealingNode.class, all);
        started.add(node);
        return node;
    }

    /** A process that rotates what is due, not waited for until it is ready. */
    JvmProcess launchScheduling(List<String> arguments) throws IOException {
        JvmProcess node = JvmProcess.start("scheduler", SchedulingNode.class, arguments);
        started.add(node);
        return node;
    }

    /** A process in which an emergency can be called out, not waited for until it is ready. */
    JvmProcess launchResponding(List<String> arguments) throws IOException {
        JvmProcess node = JvmProcess.start("responder", Responder.class, arguments);
        started.add(node);
        return node;
    }

    private JvmProcess start(String name, TestDatabase database, List<String> keys)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(database.url() + "?ApplicationName=" + name));
        arguments.addAll(keys);
        JvmProcess node = JvmProcess.start(name, NodeMain.class, arguments);
        started.add(node);
        node.answer("ready");
        return node;
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        for (JvmProcess node : started) {
            node.kill();
        }
        started.clear();
    }
}
