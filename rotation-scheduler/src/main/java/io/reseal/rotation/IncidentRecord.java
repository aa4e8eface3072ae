package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofStrength;
import io.reseal.rotation.reencryption.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** How an incident stands among the protected records of the key store. */
record IncidentRecord(
        String keyType,
        int version,
        Who openedBy,
        String reason,
        Instant openedAt,
        Optional<Integer> successor,
        Optional<Instant> effectiveAt,
        Optional<Affected> affected,
        Optional<Long> run,
        List<Long> paused,
        Optional<Proved> proof,
        List<Told> notifications,
        List<IncidentEntry> timeline) {

    static final String KIND = "incident";

    private static final JsonMapper JSON = JsonMapper.shared();

    record Who(String authority, String subject) {

        static Who of(Person person) {
            return new Who(person.authority(), person.subject());
        }

        Person person() {
            return new Person(authority, subject);
        }
    }

    record Told(Notification notification, Who by, Instant recordedAt) {

        static Told of(RecordedNotification told) {
            return new Told(told.notification(), Who.of(told.by()), told.recordedAt());
        }

        RecordedNotification recorded() {
            return new RecordedNotification(notification, by.person(), recordedAt);
        }
    }

    record Proved(ProofStrength strength, Instant takenAt, List<ColumnProof> columns, List<String> assumptions) {

        static Proved of(Proof proof) {
            return new Proved(proof.strength(), proof.takenAt(), proof.columns(), proof.assumptions());
        }

        Proof proof(KeyId key) {
            return new Proof(key, strength, takenAt, columns, assumptions, List.of());
        }
    }

    static ProtectedRecord of(Incident incident) {
        Incident.Response response = incident.response();
        IncidentRecord body = new IncidentRecord(
                incident.key().type().name(),
                incident.key().version(),
                Who.of(incident.openedBy()),
                incident.reason(),
                incident.openedAt(),
                response.successor().map(KeyId::version),
                response.effectiveAt(),
                response.affected(),
                response.run().map(RunId::value),
                response.paused().stream().map(RunId::value).toList(),
                response.proof().map(Proved::of),
                incident.notifications().stream().map(Told::of).toList(),
                incident.timeline());
        return new ProtectedRecord(KIND, incident.id(), JSON.writeValueAsString(body));
    }

    static Incident read(ProtectedRecord record, KeyTypes types) {
        IncidentRecord body = JSON.readValue(record.body(), IncidentRecord.class);
        KeyType type = types.named(body.keyType());
        KeyId key = new KeyId(type, body.version());
        return new Incident(
                key,
                body.openedBy().person(),
                body.reason(),
                body.openedAt(),
                new Incident.Response(
                        body.successor().map(version -> new KeyId(type, version)),
                        body.effectiveAt(),
                        body.affected(),
                        body.run().map(RunId::new),
                        body.paused().stream().map(RunId::new).toList(),
                        body.proof().map(proved -> proved.proof(key))),
                body.notifications().stream().map(Told::recorded).toList(),
                body.timeline());
    }
}
