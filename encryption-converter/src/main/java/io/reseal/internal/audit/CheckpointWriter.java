package io.reseal.internal.audit;

import io.reseal.audit.CheckpointSink;
import io.reseal.internal.background.BackgroundThread;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes checkpoints: when it starts, at an interval, and soon after each entry of this process. Safe for use
 * by several threads.
 */
final class CheckpointWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);
    private static final String THREAD = "reseal-audit-checkpoints";
    private static final String ACTOR = "reseal";
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final BackgroundThread thread = new BackgroundThread(THREAD, GOODBYE);
    private final AtomicBoolean wanted = new AtomicBoolean();
    private final Checkpoints checkpoints;
    private final CheckpointSink sink;
    private final AuditJournal journal;
    private volatile @Nullable String failure;

    private CheckpointWriter(Checkpoints checkpoints, CheckpointSink sink, AuditJournal journal) {
        this.checkpoints = checkpoints;
        this.sink = sink;
        this.journal = journal;
    }

    static CheckpointWriter start(
            Checkpoints checkpoints, CheckpointSink sink, AuditJournal journal, Duration interval) {
        CheckpointWriter writer = new CheckpointWriter(checkpoints, sink, journal);
        writer.thread.repeat(writer::write, Duration.ZERO, interval);
        return writer;
    }

    /** Returns at once; several wishes that come before the next checkpoint get one. */
    void soon() {
        if (wanted.compareAndSet(false, true)) {
            thread.soon(this::write);
        }
    }

    /** Why the last checkpoint could not be written; empty if it was. */
    Optional<String> failure() {
        return Optional.ofNullable(failure);
    }

    private void write() {
        wanted.set(false);
        try {
            checkpoints.write(sink, ACTOR, journal);
            failure = null;
        } catch (RuntimeException e) {
            if (failure == null) {
                LOG.error(
                        "What is cut off from the end of the audit log may stay unnoticed: no checkpoint was written",
                        e);
            }
            failure = "No checkpoint of the audit log was written to " + sink.name() + ": " + e.getMessage();
        }
    }

    /** Writes what was wished for, if the sink answers. */
    @Override
    public void close() {
        thread.close();
    }
}
