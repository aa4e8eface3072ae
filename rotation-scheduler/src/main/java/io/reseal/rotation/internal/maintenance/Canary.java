package io.reseal.rotation.internal.maintenance;

import io.reseal.ResealException;
import io.reseal.SealingRefusedException;
import io.reseal.StorageForm;
import io.reseal.UnreadableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.Alerts;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.jdbc.StoredValue;
import io.reseal.rotation.internal.reencrypt.Engine;
import io.reseal.rotation.internal.reencrypt.SealedSample;
import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens some of what is sealed under the keys in use, as the application opens it, and seals and opens a value of its own under each. What fails
 * raises an alert and holds the re-encryption of the key type: what writes values that do not open must not go on.
 */
public final class Canary {

    private static final Logger LOG = LoggerFactory.getLogger(Canary.class);
    private static final int VALUES = 50;
    private static final String CONTEXT = "reseal.canary";
    private static final byte[] OWN = "canary".getBytes(StandardCharsets.UTF_8);

    private final KeyRegistry keys;
    private final Engine engine;
    private final RunWatch runs;
    private final Alerts alerts;
    private final RandomGenerator random;

    /** @param random where samples begin */
    public Canary(KeyRegistry keys, Engine engine, RunWatch runs, Alerts alerts, RandomGenerator random) {
        this.keys = keys;
        this.engine = engine;
        this.runs = runs;
        this.alerts = alerts;
        this.random = random;
    }

    List<Found> look() {
        List<KeyId> active = keys.refresh().versions().stream()
                .map(version -> version.type())
                .distinct()
                .flatMap(type -> keys.keyring().active(type).stream())
                .map(version -> version.id())
                .toList();
        List<Found> found = new ArrayList<>();
        active.forEach(key -> found.add(own(key)));
        active.forEach(key -> found.addAll(samples(key)));
        return found;
    }

    private Found own(KeyId key) {
        long start = System.nanoTime();
        try {
            FieldCipher cipher = new FieldCipher(keys, CONTEXT);
            byte[] opened = cipher.open(cipher.seal(key.type(), OWN));
            if (!Arrays.equals(opened, OWN)) {
                return alarming(Check.CANARY, key, AlertSubject.keyType(key.type()), "came back as another value");
            }
        } catch (UnreadableValueException | SealingRefusedException e) {
            return alarming(
                    Check.CANARY,
                    key,
                    AlertSubject.keyType(key.type()),
                    "a value was not sealed and opened: " + e.getClass().getSimpleName());
        } catch (ResealException e) {
            return Found.finding(Check.CANARY, key.toString(), "not tried: " + e.getMessage());
        }
        long micros = (System.nanoTime() - start) / 1_000;
        return Found.ok(Check.CANARY, key.toString(), "a value was sealed and opened within " + micros + " µs")
                .measuring(micros);
    }

    private List<Found> samples(KeyId key) {
        try {
            return engine.sample().read(List.of(key), VALUES, random).stream()
                    .filter(column -> !column.values().isEmpty())
                    .map(column -> judged(key, column))
                    .toList();
        } catch (RuntimeException e) {
            LOG.warn("No sample of values under {} could be taken", key, e);
            return List.of(Found.finding(
                    Check.SAMPLE,
                    key.toString(),
                    "no sample could be taken: " + e.getClass().getSimpleName()));
        }
    }

    private Found judged(KeyId key, SealedSample.Column column) {
        FieldCipher cipher = new FieldCipher(keys, column.context());
        Map<String, Integer> failures = new TreeMap<>();
        long start = System.nanoTime();
        for (StoredValue value : column.values()) {
            try {
                open(cipher, column.form(), value);
            } catch (UnreadableValueException e) {
                failures.merge(e.getClass().getSimpleName(), 1, Integer::sum);
            } catch (ResealException e) {
                return Found.finding(Check.SAMPLE, column.column(), "not judged: " + e.getMessage());
            }
        }
        int number = column.values().size();
        long micros = (System.nanoTime() - start) / 1_000 / number;
        if (!failures.isEmpty()) {
            int failed = failures.values().stream().mapToInt(Integer::intValue).sum();
            return alarming(
                    Check.SAMPLE,
                    key,
                    AlertSubject.column(column.context()),
                    failed + " of " + number + " values of " + column.column() + " under " + key + " did not open: "
                            + failures);
        }
        String text = number + " values under " + key + " opened, in " + micros + " µs each";
        return Found.ok(Check.SAMPLE, column.column(), text).measuring(micros);
    }

    private static void open(FieldCipher cipher, StorageForm form, StoredValue value) {
        byte[] plaintext = form == StorageForm.BINARY ? cipher.open(value.bytes()) : cipher.openText(value.text());
        Arrays.fill(plaintext, (byte) 0);
    }

    private Found alarming(Check check, KeyId key, AlertSubject subject, String evidence) {
        List<String> held = hold(key.type());
        String text = evidence + (held.isEmpty() ? "" : "; held: " + String.join(", ", held));
        var unused = alerts.raise(AlertKind.CANARY_FAILED, subject, text);
        return Found.finding(check, subject.name(), text);
    }

    /** A run that a person lets go on is held again by the next look that fails. */
    private List<String> hold(KeyType type) {
        return runs.open().stream()
                .filter(run -> run.type().equals(type.name()))
                .filter(run -> engine.runs().pause(run.id()))
                .map(RunWatch.OpenRun::toString)
                .toList();
    }
}
