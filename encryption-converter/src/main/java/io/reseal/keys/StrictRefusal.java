package io.reseal.keys;

import io.reseal.keys.spi.StateChange;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether values under a compromised key are refused. Kept as a protected record; every node keeps to it from its next refresh on.
 *
 * @param since when it was decided; empty if values are opened
 */
public record StrictRefusal(KeyId key, Optional<Instant> since) {

    private static final String KIND = "strict-refusal";
    private static final JsonMapper JSON = JsonMapper.shared();

    record Body(String since) {}

    /** What is decided about a key; that values are opened, unless something else was. */
    public static StrictRefusal of(Keyring keyring, KeyId key) {
        return new StrictRefusal(
                key,
                keyring.record(KIND, id(key))
                        .map(record -> JSON.readValue(record.body(), Body.class).since())
                        .filter(since -> !since.isEmpty())
                        .map(Instant::parse));
    }

    /**
     * What goes with a transition of a version: a suspended one that becomes COMPROMISED stays shut. To let it open again takes two people,
     * as it did before; to say that it was in other hands takes one.
     */
    static List<ProtectedRecord> with(StateChange change) {
        boolean staysShut =
                change.before().state() == KeyState.SUSPENDED && change.after().state() == KeyState.COMPROMISED;
        return staysShut
                ? List.of(new StrictRefusal(change.key(), change.after().entered(KeyState.COMPROMISED)).record())
                : List.of();
    }

    /** How it is kept. */
    public ProtectedRecord record() {
        String body =
                JSON.writeValueAsString(new Body(since.map(Instant::toString).orElse("")));
        return new ProtectedRecord(KIND, id(key), body);
    }

    private static String id(KeyId key) {
        return key.type() + "/" + key.version();
    }
}
