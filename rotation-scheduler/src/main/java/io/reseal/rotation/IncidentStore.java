package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.ProtectedRecord;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The incidents among the protected records; each change is in the audit log, in the same transaction. */
final class IncidentStore {

    private static final int MAX_DETAIL = 4_000;

    private final KeyRegistry keys;
    private final Clock clock;

    IncidentStore(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** Every incident, the newest first. */
    List<Incident> all() {
        return keys.refresh().records(IncidentRecord.KIND).stream()
                .map(this::read)
                .sorted(Comparator.comparing(Incident::openedAt).reversed())
                .toList();
    }

    Optional<Incident> find(KeyId key) {
        return keys.refresh().record(IncidentRecord.KIND, Incident.id(key)).map(this::read);
    }

    Incident get(KeyId key) {
        return find(key).orElseThrow(() -> new IllegalArgumentException("There is no incident of the key " + key));
    }

    /** The incident of a key, opened unless there is one. */
    Incident open(KeyId key, Custody.Wish wish, Person by) {
        return write(
                key,
                present -> present.orElseGet(() -> Incident.opened(key, by, wish.reason(), now())),
                new AuditEntry(wish.actor(), "open-incident", wish.reason(), key.toString()));
    }

    /** Changes an incident that is there; returning what is there changes nothing. */
    Incident change(KeyId key, UnaryOperator<Incident> change, AuditEntry entry) {
        return write(
                key,
                present -> change.apply(present.orElseThrow(
                        () -> new IllegalArgumentException("There is no incident of the key " + key))),
                entry);
    }

    private interface Change {
        Incident apply(Optional<Incident> present);
    }

    private Incident write(KeyId key, Change change, AuditEntry entry) {
        ProtectedRecord written = keys.records()
                .change(
                        IncidentRecord.KIND,
                        Incident.id(key),
                        present -> IncidentRecord.of(change.apply(present.map(this::read))),
                        entry);
        return read(written);
    }

    private Incident read(ProtectedRecord record) {
        return IncidentRecord.read(record, keys.types());
    }

    /** What happens to an incident, as the audit log has it. */
    static AuditEntry audited(Custody.Wish wish, String action, KeyId key, String text) {
        String detail = key + ": " + text;
        return new AuditEntry(
                wish.actor(), action, wish.reason(), detail.substring(0, Math.min(MAX_DETAIL, detail.length())));
    }

    /** As exact as it is stored. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
