package io.reseal.internal.store;

import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealConfigurationException;
import io.reseal.database.Moments;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.spi.WrappedKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;

/** How a wrapped key stands in a row of {@code reseal_key}. */
final class KeyRow {

    private KeyRow() {}

    static WrappedKey read(ResultSet row, StatementContext context, KeyType type) throws SQLException {
        KeyVersion metadata = new KeyVersion(
                new KeyId(type, row.getInt("version")),
                state(row.getString("state"), type),
                Moments.read(row, "created_at", context),
                Optional.ofNullable(Moments.readOrNull(row, "activated_at", context)),
                Optional.ofNullable(Moments.readOrNull(row, "deactivated_at", context)));
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
                .bind("created", key.metadata().created());
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
}
