package io.reseal.internal.audit;

import io.reseal.audit.AuditHead;
import io.reseal.audit.CheckpointSink;
import io.reseal.audit.Tampering;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads the checkpoints of one sink and believes those that are signed and in line. */
final class SinkReader {

    private final CheckpointSink sink;
    private final Supplier<Optional<CheckpointSigner>> signer;
    private final Findings findings;
    private final Map<String, AuditHead> heads = new HashMap<>();
    private String previous = "";
    private long number;
    private @Nullable Instant lastTime;

    private SinkReader(CheckpointSink sink, Supplier<Optional<CheckpointSigner>> signer, Findings findings) {
        this.sink = sink;
        this.signer = signer;
        this.findings = findings;
    }

    static SinkReader read(CheckpointSink sink, Supplier<Optional<CheckpointSigner>> signer, Findings findings) {
        SinkReader reader = new SinkReader(sink, signer, findings);
        sink.lines(reader::line);
        return reader;
    }

    /** The furthest place of each chain that a checkpoint names. */
    Map<String, AuditHead> heads() {
        return heads;
    }

    long lines() {
        return number;
    }

    String lastHash() {
        return previous;
    }

    /** Of the last checkpoint that is believed. */
    Optional<Instant> lastTime() {
        return Optional.ofNullable(lastTime);
    }

    private void line(String line) {
        number++;
        Optional<Checkpoint.Signed> read = Checkpoint.read(line);
        String problem = read.map(this::problem).orElse("it cannot be read");
        if (problem.isEmpty()) {
            read.get().checkpoint().heads().forEach(this::note);
            lastTime = read.get().checkpoint().time();
        } else {
            findings.add(sink.name(), number, Tampering.CHECKPOINT_ALTERED, problem);
        }
        previous = Checkpoint.hash(line);
    }

    private String problem(Checkpoint.Signed signed) {
        Checkpoint checkpoint = signed.checkpoint();
        if (!signer.get().map(key -> key.accepts(signed)).orElse(false)) {
            return "it is not signed by this key store";
        }
        if (!checkpoint.sink().equals(sink.name())) {
            return "it was written for the sink " + checkpoint.sink();
        }
        if (checkpoint.number() != number || !checkpoint.previous().equals(previous)) {
            return "it does not follow the line before it";
        }
        return "";
    }

    /** A chain that went back between two checkpoints was cut off and written again. */
    private void note(AuditHead head) {
        AuditHead before = heads.get(head.chain());
        if (before != null && before.seq() > head.seq()) {
            findings.add(head.chain(), before.seq(), Tampering.TRUNCATED, "checkpoint " + number + " is behind it");
        } else {
            heads.put(head.chain(), head);
        }
    }
}
