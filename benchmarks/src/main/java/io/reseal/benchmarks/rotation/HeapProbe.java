package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A process of its own that re-encrypts the table in a small heap, and prints how much of it was in use at the most right
 * after a collection: what lived. Everything in the process counts, the driver and the pool included.
 */
public final class HeapProbe {

    private static final long EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ARGUMENTS = 5;

    private HeapProbe() {}

    /** Takes the database's name, its URL, the file of the KEK, the rows, and the number of workers. */
    public static void main(String[] arguments) {
        if (arguments.length != ARGUMENTS) {
            throw new IllegalArgumentException("give a database's name and URL, a KEK file, rows and workers");
        }
        Database database = new Database(arguments[0], arguments[1], Path.of(arguments[2]));
        long rows = Long.parseLong(arguments[3]);
        AtomicLong most = new AtomicLong();
        try (Attempt attempt = new EngineRun(Integer.parseInt(arguments[4])).prepare(database, rows)) {
            Thread collector = new Thread(() -> watch(most), "collector");
            collector.setDaemon(true);
            collector.start();
            attempt.work();
            attempt.finish();
        }
        System.out.println(most.get());
    }

    private static void watch(AtomicLong most) {
        while (true) {
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            most.accumulateAndGet(used, Math::max);
            LockSupport.parkNanos(EACH_NANOS);
        }
    }
}
