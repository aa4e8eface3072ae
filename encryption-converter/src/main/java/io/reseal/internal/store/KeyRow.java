package io.reseal.internal.store;

import com.google.crypto.tink.util.Bytes;
import io.reseal.database.Moments;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.keys.spi.WrappedKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;

/** How a wrapped key stands in a row of {@code reseal_key}. */
final class KeyRow {

    private KeyRow() {}

    /** What a transition may change in a row, each column from the parameter of its name. */
    static final String AFTER = """
            state = :state, active_key_type = :active, origin = :origin, created_at = :created_at, activated_at = :activated_at,
            deactivated_at = :deactivated_at, suspended_at = :suspended_at, compromised_at = :compromised_at,
            pending_destroy_at = :pending_destroy_at, destroyed_at = :destroyed_at,
            wrapped = CASE WHEN :state = 'DESTROYED' THEN :erased ELSE wrapped END""";

    /** @throws IllegalArgumentException if no release of this one's age or older writes such a row */
    static WrappedKey read(ResultSet row, StatementContext context, KeyType type) throws SQLException {
        String origin = row.getString("origin");
        KeyVersion metadata = new KeyVersion(
                new KeyId(type, row.getInt("version")),
                state(row.getString("state")),
                entered(row, context),
                origin == null ? Optional.empty() : Optional.of(state(origin)));
        return new WrappedKey(
                metadata,
                row.getInt("format"),
                row.getString("kek_id"),
                Bytes.copyFrom(row.getBytes("fingerprint")),
                Bytes.copyFrom(row.getBytes("wrapped")));
    }

    private static Map<KeyState, Instant> entered(ResultSet row, StatementContext context) throws SQLException {
        Map<KeyState, Instant> entered = new EnumMap<>(KeyState.class);
        for (KeyState state : KeyState.values()) {
            Instant moment = Moments.readOrNull(row, column(state), context);
            if (moment != null) {
                entered.put(state, moment);
            }
        }
        return entered;
    }

    static <S extends SqlStatement<S>> S bind(S statement, WrappedKey key) {
        return bind(statement, key.metadata())
                .bind("format", key.format())
                .bind("kekId", key.kekId())
                .bind("fingerprint", key.fingerprint().toByteArray())
                .bind("wrapped", key.wrapped().toByteArray());
    }

    static <S extends SqlStatement<S>> S bind(S statement, KeyVersion version) {
        for (KeyState state : KeyState.values()) {
            statement.bindByType(column(state), version.entered(state).orElse(null), Instant.class);
        }
        return statement
                .bind("type", version.type().name())
                .bind("version", version.version())
                .bind("state", version.state().name())
                .bind(
                        "active",
                        version.state() == KeyState.ACTIVE ? version.type().name() : null)
                .bind("origin", version.origin().map(KeyState::name).orElse(null));
    }

    /** When a key entered a state. */
    private static String column(KeyState state) {
        return switch (state) {
            case PRE_ACTIVE -> "created_at";
            case ACTIVE -> "activated_at";
            case DEACTIVATED -> "deactivated_at";
            case SUSPENDED -> "suspended_at";
            case COMPROMISED -> "compromised_at";
            case PENDING_DESTROY -> "pending_destroy_at";
            case DESTROYED -> "destroyed_at";
        };
    }

    private static KeyState state(String name) {
        return Arrays.stream(KeyState.values())
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("this release knows no state '" + name
                        + "'; if a newer release wrote it, upgrade Reseal on this node"));
    }
}
