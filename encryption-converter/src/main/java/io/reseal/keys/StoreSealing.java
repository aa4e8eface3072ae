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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals what a key store holds under one MAC, and tells by it whether anybody else has written there. Safe for use by several
 * threads.
 *
 * <p>What is sealed is what this node read, verified and changed, never what the database holds at the moment: an edit that
 * comes in between is not covered by the seal, and found with the next reading.
 */
final class StoreSealing {

    private static final Logger LOG = LoggerFactory.getLogger(StoreSealing.class);

    private static final String NO_CONTENTS = "the column contents of reseal_keystore is no table of contents";

    private final KeysetWrapping wrapping;
    private volatile @Nullable StoreMac opened;
    private volatile @Nullable StoreMac remembered;

    StoreSealing(KeysetWrapping wrapping) {
        this.wrapping = wrapping;
    }

    /** The seal of a content that was verified before it was changed. A store that lost everything stays the one that it was. */
    StoreSeal seal(StoredKeys changed, long generation) {
        StoreMac mac = changed.seal().map(this::mac).orElseGet(this::known);
        SortedMap<String, String> rows = new TreeMap<>();
        changed.seal()
                .flatMap(before -> StoreContents.parse(before.contents()))
                .ifPresent(before -> before.rows().forEach((name, tag) -> {
                    if (changed.unknown().contains(name)) {
                        rows.put(name, tag);
                    }
                }));
        StoredRow.of(changed).forEach(row -> rows.put(row.name(), tag(mac, row, row.name())));
        StoreKey key = mac.key();
        String contents = new StoreContents(key.store(), generation, rows).text();
        return new StoreSeal(generation, contents, Bytes.copyFrom(mac.of(bytes(contents))), key.kekId(), key.wrapped());
    }

    private StoreMac known() {
        return Stream.of(Optional.ofNullable(opened), Optional.ofNullable(remembered))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseGet(() -> StoreMac.generate(wrapping));
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
        } else if (!stored.isBlank()) {
            throw new TamperedKeyStoreException(
                    List.of("reseal_keystore is at generation " + stored.generation() + " and without its MAC"), null);
        }
    }

    private void verify(StoredKeys stored, StoreSeal seal) {
        StoreMac mac = mac(seal);
        boolean authentic = mac.verifies(seal.mac(), bytes(seal.contents()));
        Optional<StoreContents> contents = StoreContents.parse(seal.contents());
        StoreDifferences differences = new StoreDifferences((row, name) -> tag(mac, row, name));
        if (contents.isEmpty()) {
            differences.note(NO_CONTENTS);
        } else if (!authentic) {
            differences.note("the columns contents and mac of reseal_keystore do not belong together");
        }
        contents.ifPresent(expected -> differences.compare(expected, stored));
        if (!differences.found().isEmpty()) {
            throw new TamperedKeyStoreException(differences.found(), null);
        }
    }

    /** What authenticates a store, in a form that may be kept elsewhere. */
    StoreKey key(StoreSeal seal) {
        return mac(seal).key();
    }

    /** The MAC of a text that is kept elsewhere, under the key of a store. */
    byte[] authenticate(StoreSeal seal, String text) {
        return mac(seal).of(elsewhere(text));
    }

    /** Whether a text from elsewhere was authenticated by the store that has this seal. */
    boolean authenticates(StoreSeal seal, String text, Bytes tag) {
        return mac(seal).verifies(tag, elsewhere(text));
    }

    /** Whether a text from elsewhere was authenticated by the store that had this key, and of which nothing else is left. */
    boolean authenticates(StoreKey key, String text, Bytes tag) {
        try {
            StoreMac present = remembered;
            StoreMac mac = present != null && present.key().equals(key) ? present : StoreMac.unwrap(wrapping, key);
            boolean authentic = mac.verifies(tag, elsewhere(text));
            if (authentic) {
                remembered = mac;
            }
            return authentic;
        } catch (ResealConfigurationException e) {
            LOG.debug("The key that was kept elsewhere does not open", e);
            return false;
        }
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
        if (present != null && present.key().wrapped().equals(seal.wrappedKey())) {
            return present;
        }
        String store = StoreContents.parse(seal.contents())
                .map(StoreContents::store)
                .orElseThrow(() -> new TamperedKeyStoreException(List.of(NO_CONTENTS), null));
        try {
            StoreMac mac = StoreMac.unwrap(wrapping, new StoreKey(store, seal.kekId(), seal.wrappedKey()));
            opened = mac;
            return mac;
        } catch (ResealConfigurationException e) {
            if (present == null) {
                throw e;
            }
            throw anotherKey(e);
        }
    }

    /** What is thrown where the KEK is known to be the right one, and does not open the MAC's key. */
    static TamperedKeyStoreException anotherKey(ResealConfigurationException cause) {
        return new TamperedKeyStoreException(
                List.of(
                        "the column mac_key of reseal_keystore holds another key, or its contents another store's name"),
                cause);
    }
}
