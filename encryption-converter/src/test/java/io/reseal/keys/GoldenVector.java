package io.reseal.keys;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealSettings;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.MemoryKeyStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One line of the golden file; bytes in hexadecimal. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GoldenVector(
        KeyId id,
        byte[] kek,
        byte[] fingerprint,
        byte[] wrapped,
        byte[] key,
        String context,
        byte[] plaintext,
        byte[] binary,
        String text) {

    private static final String FILE = "/io/reseal/golden-vectors.txt";

    static List<String> lines() throws IOException {
        try (InputStream file = Objects.requireNonNull(GoldenVector.class.getResourceAsStream(FILE))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    static List<GoldenVector> all() throws IOException {
        return lines().stream().map(GoldenVector::parse).toList();
    }

    @Override
    public String toString() {
        return id + " in " + context;
    }

    /** A registry that holds this vector's key, and no other. */
    KeyRegistry registry() throws GeneralSecurityException {
        MemoryKeyStore store = new MemoryKeyStore();
        KeyVersion metadata = KeyVersion.created(id, Instant.EPOCH).moved(KeyState.ACTIVE, Instant.EPOCH);
        WrappedKey key = new WrappedKey(metadata, 1, "golden", Bytes.copyFrom(fingerprint), Bytes.copyFrom(wrapped));
        KeyEncryption golden = new Kek(new AesGcmJce(kek));
        Resealing.put(store, key, golden, "development");
        ResealSettings settings = ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused"));
        return KeyRegistry.open(store, golden, KeyTypes.standard(), settings, Clock.systemUTC());
    }

    private static GoldenVector parse(String line) {
        String[] part = line.split("\\|", -1);
        HexFormat hex = HexFormat.of();
        return new GoldenVector(
                new KeyId(KeyTypes.standard().named(part[0]), Integer.parseInt(part[1])),
                hex.parseHex(part[2]),
                hex.parseHex(part[3]),
                hex.parseHex(part[4]),
                hex.parseHex(part[5]),
                part[6],
                hex.parseHex(part[7]),
                hex.parseHex(part[8]),
                part[9]);
    }

    private record Kek(AesGcmJce aead) implements KeyEncryption {

        @Override
        public String id() {
            return "golden";
        }

        @Override
        public byte[] wrap(byte[] keyset, byte[] associatedData) throws GeneralSecurityException {
            return aead.encrypt(keyset, associatedData);
        }

        @Override
        public byte[] unwrap(byte[] wrapped, byte[] associatedData) throws GeneralSecurityException {
            return aead.decrypt(wrapped, associatedData);
        }
    }
}
