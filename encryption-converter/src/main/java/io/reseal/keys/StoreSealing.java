package io.reseal.keys;

import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.TamperedKeyStoreException;
import io.reseal.internal.format.AssociatedData;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.StoredRow;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Seals what a key store holds under one MAC, and tells by it whether anybody else has written there. Safe for use by several
 * threads.
 *
 * <p>What is sealed is what this node read, verified and changed, never what the database holds at the moment: an edit that
 * comes in between is not covered by the seal, and found with the next reading.
 */
final class StoreSealing {

    private final KeysetWrapping wrapping;
    private volatile @Nullable StoreMac opened;

    StoreSealing(KeysetWrapping wrapping) {
        this.wrapping = wrapping;
    }

    /** The seal of a content that was verified before it was changed. */
    StoreSeal seal(StoredKeys changed, long generation) {
        StoreMac mac = changed.seal().map(this::mac).orElseGet(() -> StoreMac.generate(wrapping));
        SortedMap<String, String> rows = new TreeMap<>();
        changed.seal()
                .flatMap(before -> StoreContents.parse(before.contents()))
                .ifPresent(before -> before.rows().forEach((name, tag) -> {
                    if (changed.unknown().contains(name)) {
                        rows.put(name, tag);
                    }
                }));
        StoredRow.of(changed).forEach(row -> rows.put(row.name(), tag(mac, row, row.name())));
        String contents = new StoreContents(generation, rows).text();
        return new StoreSeal(generation, contents, Bytes.copyFrom(mac.of(bytes(contents))), mac.kekId(), mac.wrapped());
    }

    /**
     * Returns if the content is as Reseal left it.
     *
     * @throws TamperedKeyStoreException if not; says what differs
     * @throws ResealConfigurationException if the KEK does not open the MAC's key
     */
    void verify(StoredKeys stored) {
        if (stored.seal().isPresent()) {
            verify(stored, stored.seal().get());
        } else if (!stored.equals(StoredKeys.NONE)) {
            throw new TamperedKeyStoreException(
                    List.of("reseal_keystore is at generation " + stored.generation() + " and without its MAC"), null);
        }
    }

    private void verify(StoredKeys stored, StoreSeal seal) {
        StoreMac mac = mac(seal);
        boolean authentic = mac.verifies(seal.mac(), bytes(seal.contents()));
        Optional<StoreContents> contents = StoreContents.parse(seal.contents());
        StoreDifferences differences = new StoreDifferences((row, name) -> tag(mac, row, name));
        if (!authentic || contents.isEmpty()) {
            differences.note("the columns contents and mac of reseal_keystore do not belong together");
        }
        contents.ifPresent(expected -> differences.compare(expected, stored));
        if (!differences.found().isEmpty()) {
            throw new TamperedKeyStoreException(differences.found(), null);
        }
    }

    /** The MAC of a text that is kept elsewhere, under the key of a store. */
    byte[] authenticate(StoreSeal seal, String text) {
        return mac(seal).of(elsewhere(text));
    }

    boolean authenticates(StoreSeal seal, String text, Bytes tag) {
        return mac(seal).verifies(tag, elsewhere(text));
    }

    private static byte[] elsewhere(String text) {
        return AssociatedData.of("reseal/beside-the-key-store/v1", text);
    }

    private static String tag(StoreMac mac, StoredRow row, String name) {
        return HexFormat.of().formatHex(mac.of(row.canonical(name)));
    }

    private static byte[] bytes(String contents) {
        return contents.getBytes(StandardCharsets.UTF_8);
    }

    /** Unwrapped once: reading the store again must not need the KEK. */
    private StoreMac mac(StoreSeal seal) {
        StoreMac present = opened;
        if (present != null && present.wrapped().equals(seal.wrappedKey())) {
            return present;
        }
        try {
            StoreMac mac = StoreMac.unwrap(wrapping, seal.kekId(), seal.wrappedKey());
            opened = mac;
            return mac;
        } catch (ResealConfigurationException e) {
            if (present == null) {
                throw e;
            }
            throw new TamperedKeyStoreException(List.of("the column mac_key of reseal_keystore holds another key"), e);
        }
    }
}
