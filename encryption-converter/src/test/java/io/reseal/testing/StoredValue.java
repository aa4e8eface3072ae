package io.reseal.testing;

import io.reseal.internal.format.TextForm;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * What a column holds, for {@code assertThat(value).sealedUnder("database_encryption", 7)} with AssertJ's own {@code assertThat}.
 *
 * @param column its name, for messages
 * @param stored bytes, text, anything else, or null
 */
public record StoredValue(String column, @Nullable Object stored, KeyTypes types)
        implements AssertProvider<StoredValueAssert> {

    private static final int SHORTEST = 33;
    private static final byte TINK_PREFIX = 0x01;

    /** A value that stands alone, under one of the standard key types. */
    public static StoredValue of(@Nullable Object stored) {
        return new StoredValue("value", stored, KeyTypes.standard());
    }

    /** The key that it names; empty if it has not the form of a sealed value. Whether it opens, only its key can tell. */
    public Optional<KeyId> key() {
        if (stored instanceof String text) {
            return TextForm.decode(text, types).flatMap(this::header);
        }
        return stored instanceof byte[] bytes ? header(bytes) : Optional.empty();
    }

    private Optional<KeyId> header(byte[] sealed) {
        if (sealed.length < SHORTEST || sealed[0] != TINK_PREFIX) {
            return Optional.empty();
        }
        int id = ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt();
        int version = id & KeyId.MAX_VERSION;
        Optional<KeyType> type = types.withCode(id >>> 24);
        return version == 0 ? Optional.empty() : type.map(known -> new KeyId(known, version));
    }

    @Override
    public StoredValueAssert assertThat() {
        return new StoredValueAssert(this);
    }

    /** Never what is stored: it may be plaintext. */
    @Override
    public String toString() {
        return column + " (" + key().map(key -> "sealed under " + key).orElse(stored == null ? "null" : "not sealed")
                + ")";
    }
}
