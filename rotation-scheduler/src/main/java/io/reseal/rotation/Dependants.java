package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.Keyring;
import io.reseal.keys.ProtectedRecord;
import io.reseal.rotation.destruction.Dependant;
import io.reseal.rotation.review.Attestation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What outside Reseal's tables depends on keys, as people have declared it, and their word that it does no longer. Protected like the
 * keys, and kept: a declaration is not taken back, and of a store that is gone somebody attests just that. Safe for use by several
 * threads.
 */
public final class Dependants {

    private static final String DEPENDANT = "dependant";
    private static final String ATTESTATION = "attestation";
    private static final int MAX_STATEMENT = 1_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KeyRegistry keys;
    private final Clocks clocks;

    Dependants(KeyRegistry keys, Clocks clocks) {
        this.keys = keys;
        this.clocks = clocks;
    }

    record Declared(String kind) {}

    /** @param stay what was going on with the key then */
    record Attested(String authority, String person, String at, String since, String stay, String statement) {}

    /** Declares something; declaring it again changes nothing. */
    public void declare(Dependant dependant, Person by) {
        String id = id(dependant);
        ProtectedRecord record = new ProtectedRecord(
                DEPENDANT,
                id,
                JSON.writeValueAsString(new Declared(dependant.kind().name())));
        keys.records()
                .change(
                        DEPENDANT,
                        id,
                        present -> declared(dependant, present, record),
                        new AuditEntry(by.toString(), "declare-dependant", dependant.toString()));
    }

    private static ProtectedRecord declared(
            Dependant dependant, Optional<ProtectedRecord> present, ProtectedRecord record) {
        if (present.isPresent() && !present.get().equals(record)) {
            throw new IllegalArgumentException("Something else than a " + dependant.kind() + " is declared as "
                    + dependant.name() + " of " + dependant.keyType() + ": choose another name");
        }
        return record;
    }

    /** What depends on keys of a type, by name. */
    public List<Dependant> of(KeyType type) {
        String prefix = type.name() + "/";
        return keys.refresh().records(DEPENDANT).stream()
                .filter(record -> record.id().startsWith(prefix))
                .map(record -> new Dependant(
                        record.id().substring(prefix.length()),
                        Dependant.Kind.valueOf(
                                JSON.readValue(record.body(), Declared.class).kind()),
                        type))
                .toList();
    }

    /**
     * Says that nothing in a declared dependant needs a key any more: no file, session or signature is under it, the cache was evicted,
     * the consumer has read past the last value under it. Say it again after the key was proposed for destruction, each time: what was
     * said before serves for no later proposal.
     *
     * @param statement what was done to know it, for the audit: at most 1,000 characters
     * @throws IllegalArgumentException if it was not declared for keys of this type
     */
    public Attestation attest(Dependant dependant, KeyId key, Person person, String statement) {
        Instant now = clocks.later();
        if (statement.isBlank() || statement.length() > MAX_STATEMENT) {
            throw new IllegalArgumentException(
                    "An attestation needs a statement of at most " + MAX_STATEMENT + " characters");
        }
        if (!key.type().equals(dependant.keyType()) || !of(key.type()).contains(dependant)) {
            throw new IllegalArgumentException(
                    "There is no " + dependant + " of " + key.type() + ": declare it before anybody attests for it");
        }
        AuditEntry entry = new AuditEntry(person.toString(), "attest", statement, dependant + ", " + key);
        keys.decisions()
                .decide(keyring -> Optional.of(new KeyDecision(
                        Optional.empty(),
                        List.of(attested(keyring, new Attestation(key, dependant, person, now, now, statement))),
                        entry)));
        return attestation(dependant, key).orElseThrow();
    }

    /** What was said while the key was still in use counts for nothing, and so not since when either. */
    private static ProtectedRecord attested(Keyring keyring, Attestation said) {
        String id = id(said.dependant(), said.key());
        String since = keyring.record(ATTESTATION, id)
                .map(Dependants::body)
                .filter(Dependants::isRetired)
                .map(Attested::since)
                .orElse(said.at().toString());
        Attested body = new Attested(
                said.person().authority(),
                said.person().subject(),
                said.at().toString(),
                since,
                Stay.of(Custody.version(keyring, said.key())).toString(),
                said.statement());
        return new ProtectedRecord(ATTESTATION, id, JSON.writeValueAsString(body));
    }

    /** Whether somebody has attested for a dependant what the next step of a key takes. */
    boolean isAttested(Dependant dependant, KeyVersion version) {
        return said(dependant, version.id())
                .filter(body ->
                        isRetired(body) && body.stay().equals(Stay.of(version).toString()))
                .isPresent();
    }

    /** Since when a dependant is attested to need a key no more, which was retired then; empty if it is not. */
    Optional<Instant> emptySince(Dependant dependant, KeyId key) {
        return said(dependant, key)
                .filter(Dependants::isRetired)
                .map(Attested::since)
                .map(Instant::parse);
    }

    private static boolean isRetired(Attested body) {
        return !body.stay().equals(Stay.IN_USE.toString());
    }

    private Optional<Attested> said(Dependant dependant, KeyId key) {
        return keys.refresh().record(ATTESTATION, id(dependant, key)).map(Dependants::body);
    }

    /** The last attestation of a dependant for a key. */
    public Optional<Attestation> attestation(Dependant dependant, KeyId key) {
        return said(dependant, key).map(body -> attestation(dependant, key, body));
    }

    private static Attestation attestation(Dependant dependant, KeyId key, Attested body) {
        return new Attestation(
                key,
                dependant,
                new Person(body.authority(), body.person()),
                Instant.parse(body.at()),
                Instant.parse(body.since()),
                body.statement());
    }

    private static Attested body(ProtectedRecord record) {
        return JSON.readValue(record.body(), Attested.class);
    }

    private static String id(Dependant dependant) {
        return dependant.keyType() + "/" + dependant.name();
    }

    private static String id(Dependant dependant, KeyId key) {
        return key.type() + "/" + key.version() + "/" + dependant.name();
    }
}
