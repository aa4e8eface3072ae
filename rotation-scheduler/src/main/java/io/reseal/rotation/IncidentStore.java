package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The incidents among the protected records; each change is in the audit log, in the same transaction. */
final class IncidentStore {

    private static final Logger LOG = LoggerFactory.getLogger(IncidentStore.class);
    private static final int MAX_DETAIL = 4_000;

    private final KeyRegistry keys;
    private final Clock clock;
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile Known known = new Known(-1, List.of());

    IncidentStore(KeyRegistry keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** The incidents at one generation of the key store. */
    private record Known(long generation, List<Incident> incidents) {}

    /** Every incident that this node understands, as of its last look at the keys; does not ask the key store for it. */
    List<Incident> known() {
        Keyring keyring = keys.keyring();
        if (known.generation() != keyring.generation()) {
            known = new Known(keyring.generation(), understood(keyring.records(IncidentRecord.KIND)));
        }
        return known.incidents();
    }

    /** Every incident that this node understands, the newest first. */
    List<Incident> all() {
        return understood(keys.refresh().records(IncidentRecord.KIND));
    }

    /** The open incidents of a key type, the newest first. */
    List<Incident> open(KeyType type) {
        List<ProtectedRecord> records = keys.refresh().records(IncidentRecord.KIND).stream()
                .filter(record -> typeName(record).equals(type.name()))
                .toList();
        return understood(records).stream().filter(Incident::isOpen).toList();
    }

    /** The names of the key types that are being re-encrypted because of an incident, or may be. */
    Set<String> typesAtWork() {
        return keys.refresh().records(IncidentRecord.KIND).stream()
                .filter(record -> understood(record)
                        .map(incident -> incident.isOpen()
                                && incident.done(IncidentStep.PROVE_EMPTY).isEmpty())
                        .orElse(true))
                .map(IncidentStore::typeName)
                .collect(Collectors.toSet());
    }

    private static String typeName(ProtectedRecord record) {
        return record.id().substring(0, Math.max(0, record.id().lastIndexOf('/')));
    }

    private List<Incident> understood(List<ProtectedRecord> records) {
        return records.stream()
                .flatMap(record -> understood(record).stream())
                .sorted(Comparator.comparing(Incident::openedAt).reversed())
                .toList();
    }

    /** One of a key type that only other nodes know, or that a newer release wrote, must hold up no other. */
    private Optional<Incident> understood(ProtectedRecord record) {
        try {
            return Optional.of(read(record));
        } catch (RuntimeException e) {
            if (told.add(record.id())) {
                LOG.warn("The incident {} is not understood by this node and left out: {}", record.id(), e.getClass());
            }
            return Optional.empty();
        }
    }

    Optional<Incident> find(KeyId key) {
        return find(Incident.id(key));
    }

    Optional<Incident> find(String id) {
        return keys.refresh().record(IncidentRecord.KIND, id).map(this::read);
    }

    Incident get(KeyId key) {
        return find(key).orElseThrow(() -> new IllegalArgumentException("There is no incident of the key " + key));
    }

    /** The incident of a key, opened unless there is one; in that one, if it is open, it is said who has called again. */
    Incident open(KeyId key, Custody.Wish wish, Person by) {
        return write(
                key,
                present -> present.map(incident -> incident.calledAgain(by, wish.reason(), now()))
                        .orElseGet(() -> Incident.opened(key, by, wish.reason(), now())),
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
