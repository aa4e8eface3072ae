package io.reseal.examples.social;

import io.reseal.examples.social.model.SealedRow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Keyed digests of a row's plaintexts and its optimistic version, under a key that lives as long as this object. */
final class Fingerprints {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;
    private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::mac);

    Fingerprints(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, ALGORITHM);
    }

    /** The first 128 bits of the digest of one state of one row. */
    record Fingerprint(long high, long low) {}

    Fingerprint of(SealedRow row) {
        Mac mac = macs.get();
        add(mac, row.getVersion());
        row.secrets().forEach(secret -> Leaves.visit(secret, leaf -> add(mac, leaf)));
        ByteBuffer digest = ByteBuffer.wrap(mac.doFinal());
        return new Fingerprint(digest.getLong(), digest.getLong());
    }

    private static void add(Mac mac, @Nullable Object value) {
        String text = value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
        String type = value == null ? "" : value.getClass().getName();
        byte[] encoded = (type + ':' + text).getBytes(StandardCharsets.UTF_8);
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, encoded.length));
        mac.update(encoded);
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Every JDK has " + ALGORITHM, e);
        }
    }
}
