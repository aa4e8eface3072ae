package io.reseal.keys;

import java.time.Instant;
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
