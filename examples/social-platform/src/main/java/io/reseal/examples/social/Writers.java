package io.reseal.examples.social;

import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.PessimisticLockException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.hibernate.SessionFactory;

/**
 * The foreground: four writers, each with a share of the users and a record of its own, at a steady rate. A latency
 * counts from when its transaction was due, so that a stall shows in every transaction that it holds up.
 */
final class Writers implements AutoCloseable {

    static final int COUNT = 4;
    static final int TRANSACTIONS_PER_SECOND = 200;

    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1) * COUNT / TRANSACTIONS_PER_SECOND;

    private final SessionFactory sessions;
    private final Fingerprints fingerprints;
    private final Latencies latencies;
    private final Tally tally = new Tally();
    private final List<WriterRecord> records = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(COUNT);
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
    private volatile long resumedAt = System.nanoTime();
    private volatile boolean stopped;

    Writers(SessionFactory sessions, Fingerprints fingerprints, Latencies latencies) {
        this.sessions = sessions;
        this.fingerprints = fingerprints;
        this.latencies = latencies;
    }

    /** Fills the database, each writer its own share, and starts the writers when all are done. */
    void populateAndStart(int users) {
        Population population = new Population(sessions, fingerprints);
        List<CompletableFuture<Writer>> writers = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            Share share = new Share(i, COUNT, users);
            WriterRecord record = new WriterRecord();
            records.add(record);
            writers.add(CompletableFuture.supplyAsync(() -> populate(population, share, record), threads));
        }
        List<Writer> ready = writers.stream().map(CompletableFuture::join).toList();
        resumedAt = System.nanoTime();
        ready.forEach(writer -> threads.execute(() -> run(writer)));
    }

    Tally tally() {
        return tally;
    }

    /** The rows that the writers know of; call it while they are {@linkplain #paused paused}. */
    List<WriterRecord> records() {
        return List.copyOf(records);
    }

    /** Runs the work while no transaction of the writers is open. */
    <T> T paused(Supplier<T> work) {
        gate.writeLock().lock();
        try {
            return work.get();
        } finally {
            resumedAt = System.nanoTime();
            gate.writeLock().unlock();
        }
    }

    /** Lets the open transactions end and starts no other. */
    @Override
    public void close() {
        stopped = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
                tally.fault("A writer did not stop within 10 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Writer populate(Population population, Share share, WriterRecord record) {
        population.fill(share, record);
        RecordedTransactions transactions = new RecordedTransactions(sessions, fingerprints, record, tally);
        return new Writer(share, transactions, record, population.invention(share.index()));
    }

    private void run(Writer writer) {
        long due = resumedAt;
        while (!stopped) {
            LockSupport.parkNanos(due - System.nanoTime());
            if (due > System.nanoTime()) {
                continue;
            }
            gate.readLock().lock();
            try {
                due = Math.max(due, resumedAt);
                act(writer);
            } finally {
                gate.readLock().unlock();
            }
            latencies.add(System.nanoTime() - due);
            due += INTERVAL;
        }
    }

    private void act(Writer writer) {
        try {
            writer.act();
        } catch (PessimisticLockException | LockTimeoutException | org.hibernate.PessimisticLockException e) {
            tally.repeated();
        } catch (RuntimeException e) {
            tally.fault("A transaction failed: " + e.getClass().getSimpleName());
        } catch (Error e) {
            tally.fault("A writer died: " + e.getClass().getSimpleName());
            throw e;
        }
    }
}
