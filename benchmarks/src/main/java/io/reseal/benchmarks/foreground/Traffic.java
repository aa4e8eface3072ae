package io.reseal.benchmarks.foreground;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Transactions as pgbench's: change a row by its key, read it, write a line of history. In an open phase requests are due at
 * random moments of a fixed rate, and wait for one of the connections; their time counts from when they were due.
 */
final class Traffic implements AutoCloseable {

    private static final int CONNECTIONS = 16;
    private static final long HIGHEST_MICROS = 120_000_000;
    private static final int DIGITS = 3;
    private static final long INTERVAL = Duration.ofMillis(250).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final int MICRO = 1_000;

    private final List<Client> clients = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    private final long rows;

    Traffic(String url, long rows) throws SQLException {
        this.rows = rows;
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(new Client(url));
        }
    }

    /** One connection. */
    private static final class Client {

        final Connection connection;
        final PreparedStatement change;
        final PreparedStatement read;
        final PreparedStatement note;

        Client(String url) throws SQLException {
            connection = DriverManager.getConnection(url);
            connection.setAutoCommit(false);
            change = connection.prepareStatement("UPDATE customer SET note = ? WHERE id = ?");
            read = connection.prepareStatement("SELECT note, c FROM customer WHERE id = ?");
            note = connection.prepareStatement("INSERT INTO history (customer, delta, at) VALUES (?, ?, now())");
        }

        /** One that fails is rolled back, and counts as one that took as long as it did. */
        void request(long id, LongAdder failures) throws SQLException {
            try {
                transaction(id);
            } catch (SQLException e) {
                failures.increment();
                connection.rollback();
            }
        }

        private void transaction(long id) throws SQLException {
            change.setString(
                    1,
                    "changed to " + id + " by the traffic; as long as what it replaces, to keep rows alike: "
                            + "0123456789");
            change.setLong(2, id);
            change.executeUpdate();
            read.setLong(1, id);
            read.executeQuery().close();
            note.setLong(1, id);
            note.setLong(2, id % MICRO);
            note.executeUpdate();
            connection.commit();
        }
    }

    /** As fast as the connections can: how many transactions per second, and how many of them failed. */
    String closed(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        AtomicLong done = new AtomicLong();
        LongAdder failures = new LongAdder();
        everybody(client -> {
            while (System.nanoTime() < end) {
                client.request(someRow(), failures);
                done.incrementAndGet();
            }
        });
        return done.get() * (double) SECOND / time.toNanos() + " " + failures;
    }

    /** Returns the requests, those that failed, the median and the 99th percentile in µs, and both for each quarter of a second. */
    String open(double perSecond, Duration time) throws InterruptedException {
        long[] due = arrivals(perSecond, time);
        Histogram all = new ConcurrentHistogram(HIGHEST_MICROS, DIGITS);
        List<Histogram> parts = IntStream.rangeClosed(0, (int) (time.toNanos() / INTERVAL))
                .<Histogram>mapToObj(i -> new ConcurrentHistogram(HIGHEST_MICROS, DIGITS))
                .toList();
        AtomicLong next = new AtomicLong();
        LongAdder failures = new LongAdder();
        long start = System.nanoTime();
        everybody(client -> {
            for (int i = (int) next.getAndIncrement(); i < due.length; i = (int) next.getAndIncrement()) {
                awaitNanos(start + due[i]);
                client.request(someRow(), failures);
                long micros = Math.min(HIGHEST_MICROS, (System.nanoTime() - start - due[i]) / MICRO);
                parts.get((int) (due[i] / INTERVAL)).recordValue(micros);
                all.recordValue(micros);
            }
        });
        if (all.getTotalCount() != due.length) {
            throw new IllegalStateException(all.getTotalCount() + " of " + due.length + " requests were recorded");
        }
        StringJoiner line = new StringJoiner(" ");
        line.add(all.getTotalCount() + " " + failures + " " + percentiles(all));
        parts.stream().filter(part -> part.getTotalCount() > 0).forEach(part -> line.add(percentiles(part)));
        return line.toString();
    }

    /** The same moments in every phase of a rate. */
    private static long[] arrivals(double perSecond, Duration time) {
        Random random = new Random(42);
        List<Long> due = new ArrayList<>();
        double at = 0;
        while (at < time.toNanos()) {
            due.add((long) at);
            at -= Math.log(1 - random.nextDouble()) / perSecond * SECOND;
        }
        return due.stream().mapToLong(Long::longValue).toArray();
    }

    private static void awaitNanos(long moment) {
        for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static String percentiles(Histogram histogram) {
        return histogram.getValueAtPercentile(50) + " " + histogram.getValueAtPercentile(99);
    }

    private long someRow() {
        return ThreadLocalRandom.current().nextLong(rows) + 1;
    }

    private interface Task {
        void run(Client client) throws SQLException;
    }

    /** Each on a thread of its own; the phase fails if one of them does. */
    private void everybody(Task task) throws InterruptedException {
        List<Callable<Void>> tasks = clients.stream()
                .<Callable<Void>>map(client -> () -> {
                    task.run(client);
                    return null;
                })
                .toList();
        try {
            for (Future<Void> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("The traffic failed", e.getCause());
        }
    }

    @Override
    public void close() throws SQLException {
        threads.shutdown();
        for (Client client : clients) {
            client.connection.close();
        }
    }
}
