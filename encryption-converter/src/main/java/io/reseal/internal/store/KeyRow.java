package io.reseal.internal.store;

import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.spi.WrappedKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/** How a wrapped key stands in a row of {@code reseal_key}. */
final class KeyRow {

    private KeyRow() {}

    static WrappedKey read(ResultSet row, KeyType type) throws SQLException {
        KeyVersion metadata = new KeyVersion(
                new KeyId(type, row.getInt("version")),
                state(row.getString("state"), type),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                instant(row, "activated_at"),
                instant(row, "deactivated_at"));
        return new WrappedKey(
                metadata,
                row.getInt("format"),
                row.getString("kek_id"),
                Bytes.copyFrom(row.getBytes("fingerprint")),
                Bytes.copyFrom(row.getBytes("wrapped")));
    }

    static <S extends SqlStatement<S>> S bind(S statement, WrappedKey key) {
        return statement
                .bind("type", key.metadata().type().name())
                .bind("version", key.metadata().version())
                .bind("state", key.metadata().state().name())
                .bind("format", key.format())
                .bind("kekId", key.kekId())
                .bind("fingerprint", key.fingerprint().toByteArray())
                .bind("wrapped", key.wrapped().toByteArray())
                .bind("created", utc(key.metadata().created()));
    }

    static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static KeyState state(String name, KeyType type) {
        return Arrays.stream(KeyState.values())
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ResealConfigurationException(
                        "The table reseal_key holds a key of type " + type + " in the state '" + name
                                + "', which this release does not know: upgrade Reseal on this node",
                        null));
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return Optional.ofNullable(value).map(OffsetDateTime::toInstant);
    }
}
