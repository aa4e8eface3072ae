package io.reseal.rotation.chaos;

import io.reseal.rotation.attack.JvmProcess;
import io.reseal.rotation.pace.Effort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The processes of a run: two applications, two engines, and an operator who rotates keys and pauses runs. */
final class Cast implements AutoCloseable {

    private static final int THREADS = 3;
    static final int SLOTS = 2 * THREADS;

    private final List<NodeSlot> applications;
    private final List<NodeSlot> engines;
    private final NodeSlot operator;

    Cast(Server server, Path keyFile, Path journals, Random random) throws IOException {
        applications = List.of(application(server, keyFile, journals, 0), application(server, keyFile, journals, 1));
        engines = List.of(engine(server, keyFile, random, 0), engine(server, keyFile, random, 1));
        operator = new NodeSlot("operator", 0, server, keyFile, List::of);
    }

    private static NodeSlot application(Server server, Path keyFile, Path journals, int number) throws IOException {
        List<String> arguments = List.of(
                journals.toString(),
                Integer.toString(number * THREADS),
                Integer.toString(THREADS),
                Integer.toString(SLOTS));
        return new NodeSlot("app", number, server, keyFile, () -> arguments);
    }

    /** Each node that takes the place of another works at another pace; one of two never gives way to the applications. */
    private static NodeSlot engine(Server server, Path keyFile, Random random, int number) throws IOException {
        return new NodeSlot("engine", number, server, keyFile, () -> {
            Effort effort = number == 0 || random.nextBoolean() ? Effort.FULL : Effort.BALANCED;
            return List.of(Long.toString(random.nextLong()), effort.name());
        });
    }

    List<NodeSlot> applications() {
        return applications;
    }

    List<NodeSlot> engines() {
        return engines;
    }

    NodeSlot operator() {
        return operator;
    }

    /** Nodes that work, that is, all but the operator. */
    List<NodeSlot> workers() {
        return Stream.concat(applications.stream(), engines.stream()).toList();
    }

    List<NodeSlot> all() {
        return Stream.concat(workers().stream(), Stream.of(operator)).toList();
    }

    int restarts() {
        return all().stream().mapToInt(slot -> slot.started() - 1).sum();
    }

    void awaitReady() throws InterruptedException {
        for (NodeSlot slot : all()) {
            slot.awaitReady();
        }
    }

    /** Into their logs. */
    void dumpThreads() throws IOException, InterruptedException {
        for (NodeSlot slot : all()) {
            JvmProcess process = slot.process();
            if (process.isAlive()) {
                process.thaw();
                process.dumpThreads();
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            for (NodeSlot slot : all()) {
                slot.end();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
