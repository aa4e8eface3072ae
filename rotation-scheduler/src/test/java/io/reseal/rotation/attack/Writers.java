package io.reseal.rotation.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.hibernate.SessionFactory;

/** The writers of one process. */
final class Writers implements AutoCloseable {

    private final AtomicBoolean goesOn = new AtomicBoolean(true);
    private final ExecutorService threads;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Future<?>> ends = new ArrayList<>();

    private Writers(int number) {
        this.threads = Executors.newFixedThreadPool(number);
    }

    static Writers start(SessionFactory sessions, int firstSlot, int number, int slots) {
        Writers all = new Writers(number);
        for (int i = 0; i < number; i++) {
            Writer writer = new Writer(sessions, firstSlot + i, slots, all.goesOn::get);
            all.writers.add(writer);
            all.ends.add(all.threads.submit(writer));
        }
        return all;
    }

    /** What they know together; fails if one of them failed. */
    Oracle stop() throws InterruptedException, ExecutionException {
        goesOn.set(false);
        for (Future<?> end : ends) {
            end.get();
        }
        return Oracle.merged(writers.stream().map(Writer::oracle).toList());
    }

    @Override
    public void close() {
        goesOn.set(false);
        threads.shutdownNow();
    }
}
