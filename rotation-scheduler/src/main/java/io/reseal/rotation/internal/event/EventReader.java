package io.reseal.rotation.internal.event;

import io.reseal.database.Moments;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.event.EventId;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.reencryption.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads a row of {@code reseal_event}. */
final class EventReader implements RowMapper<RotationEvent> {

    private final KeyTypes types;

    EventReader(KeyTypes types) {
        this.types = types;
    }

    @Override
    public RotationEvent map(ResultSet row, StatementContext context) throws SQLException {
        KeyType type = types.named(row.getString("key_type"));
        return new RotationEvent(
                new EventId(row.getLong("id")),
                EventState.valueOf(row.getString("state")),
                new KeyId(type, row.getInt("replaces")),
                new RotationEvent.Request(row.getString("actor"), row.getString("reason"), row.getBoolean("forced")),
                new RotationEvent.Course(
                        Moments.read(row, "requested_at", context),
                        Moments.read(row, "due_at", context),
                        Optional.ofNullable(Moments.readOrNull(row, "started_at", context)),
                        Optional.ofNullable(Moments.readOrNull(row, "ended_at", context))),
                new RotationEvent.Outcome(
                        Optional.ofNullable(row.getObject("successor", Integer.class))
                                .map(version -> new KeyId(type, version)),
                        Optional.ofNullable(row.getObject("run_id", Long.class)).map(RunId::new),
                        row.getLong("rows_changed"),
                        row.getLong("rows_left"),
                        row.getInt("attempts"),
                        Optional.ofNullable(Moments.readOrNull(row, "next_attempt", context)),
                        Optional.ofNullable(row.getString("failure"))));
    }
}
