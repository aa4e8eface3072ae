package io.reseal.keys;

import io.reseal.ResealConfigurationException;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What came of asking a KEK to unwrap a key.
 *
 * @param kek its id, as it stands beside the key
 * @param key the newest one under it
 * @param took how long it took
 * @param problem why the key was not unwrapped; empty if it was
 */
public record KekAnswer(String kek, KeyId key, Duration took, Optional<String> problem) {

    /** Every KEK whose keys are needed to open or seal, asked once. */
    static List<KekAnswer> all(StoredKeys stored, KeyMaterial material) {
        TreeMap<String, WrappedKey> newest = new TreeMap<>();
        stored.keys().stream()
                .filter(key -> key.metadata().state().opens() && key.format() <= KeyMaterial.FORMAT)
                .sorted(Comparator.comparing(key -> key.metadata().created()))
                .forEach(key -> newest.put(key.kekId(), key));
        Collection<WrappedKey> keys = newest.values();
        return keys.stream().map(key -> ask(key, material)).toList();
    }

    private static KekAnswer ask(WrappedKey key, KeyMaterial material) {
        long begun = System.nanoTime();
        Optional<String> problem = problem(key, material);
        return new KekAnswer(key.kekId(), key.metadata().id(), Duration.ofNanos(System.nanoTime() - begun), problem);
    }

    /** A key management service may throw or answer anything; its message may quote anything. */
    private static Optional<String> problem(WrappedKey key, KeyMaterial material) {
        try {
            var unused = material.unwrap(key);
            return Optional.empty();
        } catch (ResealConfigurationException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (RuntimeException | AssertionError e) {
            return Optional.of("The key " + key.metadata().id() + " was not unwrapped: "
                    + e.getClass().getName());
        }
    }
}
