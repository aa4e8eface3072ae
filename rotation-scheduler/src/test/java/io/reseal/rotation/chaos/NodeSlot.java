package io.reseal.rotation.chaos;

import io.reseal.rotation.attack.JvmProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A place for a node, its network, and whoever is in it now: each node has a name of its own, {@code engine-0.3}. */
final class NodeSlot {

    private static final Path LOGS = Path.of("target", "chaos", "logs");

    private final String role;
    private final String place;
    private final Proxy proxy;
    private final Path keyFile;
    private final Supplier<List<String>> arguments;
    private final Semaphore free = new Semaphore(1);
    private int started;
    private volatile JvmProcess process;
    private volatile @Nullable JvmProcess ready;

    NodeSlot(String role, int number, Server server, Path keyFile, Supplier<List<String>> arguments)
            throws IOException {
        this.role = role;
        this.place = role + "-" + number;
        this.proxy = new Proxy(server::port);
        this.keyFile = keyFile;
        this.arguments = arguments;
        this.process = start();
    }

    private JvmProcess start() throws IOException {
        started++;
        String url = "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/chaos?ApplicationName=" + name()
                + (role.equals("app") ? "&options=-c%20lock_timeout=2000" : "");
        List<String> all = new ArrayList<>(List.of(role, url, keyFile.toString()));
        if (role.equals("app")) {
            all.add(name());
        }
        all.addAll(arguments.get());
        return JvmProcess.start(name(), ChaosNode.class, all, LOGS);
    }

    /** As the database knows the node that is here now. */
    String name() {
        return place + "." + started;
    }

    int started() {
        return started;
    }

    JvmProcess process() {
        return process;
    }

    Proxy proxy() {
        return proxy;
    }

    /** Whether nothing else happens to it; whoever takes it has to release it. */
    boolean take() {
        return free.tryAcquire();
    }

    void release() {
        free.release();
    }

    /** SIGKILL, and a new node. */
    void replace() throws IOException, InterruptedException {
        process.kill();
        process = start();
    }

    void awaitReady() throws InterruptedException {
        JvmProcess now = process;
        if (ready != now) {
            now.answer("ready");
            ready = now;
        }
    }

    void end() throws IOException, InterruptedException {
        process.kill();
        proxy.close();
    }
}
