package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.destruction.DestructionChecklist;
import io.reseal.rotation.destruction.Gate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** What let a key be proposed and destroyed: kept beside the keys, for each step the last time. */
final class DestructionRecords {

    private static final String KIND = "destruction-checklist";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;
    private final Backups backups;
    private final Clocks clocks;

    DestructionRecords(KeyRegistry keys, Backups backups, Clocks clocks) {
        this.keys = keys;
        this.backups = backups;
        this.clocks = clocks;
    }

    record Answers(String state, String at, List<String> gates, String copies) {}

    ProtectedRecord of(DestructionChecklist checklist) {
        Answers answers = new Answers(
                checklist.state().name(),
                clocks.later().toString(),
                checklist.gates().stream().map(Gate::toString).toList(),
                backups.told(checklist.key()));
        return new ProtectedRecord(KIND, id(checklist.key(), checklist.state()), JSON.writeValueAsString(answers));
    }

    /** When a key that waits for its destruction began to: no earlier than either clock said when it was proposed. */
    Instant waitingSince(KeyVersion waiting) {
        Instant entered = waiting.entered(KeyState.PENDING_DESTROY).orElseThrow();
        return proposed(waiting).filter(entered::isBefore).orElse(entered);
    }

    private Optional<Instant> proposed(KeyVersion waiting) {
        return waiting.origin()
                .flatMap(origin -> keys.refresh().record(KIND, id(waiting.id(), origin)))
                .map(record -> Instant.parse(
                        JSON.readValue(record.body(), Answers.class).at()));
    }

    private static String id(KeyId key, KeyState state) {
        return key.type() + "/" + key.version() + "/" + state;
    }
}
