package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The triggers of a fence as the database has them now: the same texts, whatever this session's settings are. */
final class FenceTriggers {

    /** For what, when and under which condition the trigger {@code t} fires: the same on a table and on its partitions. */
    private static final String GUARD =
            "concat_ws(' ', t.tgtype, t.tgattr, t.tgdeferrable, t.tginitdeferred, t.tgconstraint = 0,"
                    + " substring(pg_get_triggerdef(t.oid) FROM ' (FOR EACH ROW .*) EXECUTE FUNCTION '))";

    /** What the text of a condition depends on. */
    private static final String PLAIN = """
            SELECT set_config('search_path', 'pg_catalog', true), set_config('bytea_output', 'hex', true),
                   set_config('quote_all_identifiers', 'off', true), set_config('standard_conforming_strings', 'on', true)
            """;

    private final Connection connection;
    private final FenceText text;

    FenceTriggers(Connection connection, FenceText text) {
        this.connection = connection;
        this.text = text;
    }

    private record Trigger(long id, boolean isAlways, String guard, boolean isOwn) {

        /** Empty if nothing is. */
        String problem(String wanted) {
            if (!isAlways) {
                return "is not enabled ALWAYS";
            }
            return isOwn && guard.equals(wanted) ? "" : "was altered";
        }
    }

    /** What the triggers of a table are now. */
    Guards guards(String table) throws SQLException {
        Map<Long, String> members = members(table);
        for (Map<String, Trigger> triggers : triggers(members.keySet()).values()) {
            Trigger onInsert = triggers.get(text.insertTrigger());
            Trigger onUpdate = triggers.get(text.updateTrigger());
            if (onInsert != null && onUpdate != null) { // a tree has the same ones everywhere
                return new Guards(onInsert.guard(), onUpdate.guard());
            }
        }
        return new Guards("", "");
    }

    FenceState state(String table, Guards guards) throws SQLException {
        Map<Long, String> members = members(table);
        Map<Long, Map<String, Trigger>> triggers = triggers(members.keySet());
        Map<String, String> wanted = new LinkedHashMap<>();
        wanted.put(text.insertTrigger(), guards.onInsert());
        wanted.put(text.updateTrigger(), guards.onUpdate());
        List<FenceState.Member> states = new ArrayList<>();
        members.forEach((id, name) -> states.add(member(id, name, wanted, triggers.getOrDefault(id, Map.of()))));
        return new FenceState(states);
    }

    private static FenceState.Member member(
            long id, String name, Map<String, String> wanted, Map<String, Trigger> found) {
        List<Long> ids = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        wanted.forEach((trigger, guard) -> {
            Trigger one = found.get(trigger);
            String problem = one == null ? "is missing" : one.problem(guard);
            if (one != null) {
                ids.add(one.id());
            }
            if (!problem.isEmpty()) {
                problems.add("the trigger " + trigger + " on " + name + " " + problem);
            }
        });
        return new FenceState.Member(name, id, ids, problems);
    }

    /** The table, its partitions and child tables by their object ids, with their names as SQL has them. */
    private Map<Long, String> members(String table) throws SQLException {
        Map<Long, String> members = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(Fence.MEMBERS
                + "SELECT m.id, m.id::regclass::text FROM member m WHERE m.id IS NOT NULL ORDER BY m.id")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    members.put(rows.getLong(1), rows.getString(2));
                }
            }
        }
        return members;
    }

    /** By table and name. The settings are put back, because names of the caller's depend on them. */
    private Map<Long, Map<String, Trigger>> triggers(Collection<Long> tables) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try (PreparedStatement plain = connection.prepareStatement(PLAIN)) {
            plain.execute();
        }
        Map<Long, Map<String, Trigger>> triggers = read(tables);
        connection.rollback(before);
        return triggers;
    }

    private Map<Long, Map<String, Trigger>> read(Collection<Long> tables) throws SQLException {
        Map<Long, Map<String, Trigger>> triggers = new HashMap<>();
        String sql =
                "SELECT t.tgrelid, t.tgname, t.oid, t.tgenabled = 'A', " + GUARD + ", p.proname = ? AND p.prosrc = ?"
                        + " FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                        + " WHERE t.tgrelid = ANY (?::bigint[]::oid[]) AND t.tgname IN (?, ?)";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, FenceText.FUNCTION);
            statement.setString(2, FenceText.BODY);
            statement.setArray(3, connection.createArrayOf("bigint", tables.toArray()));
            statement.setString(4, text.insertTrigger());
            statement.setString(5, text.updateTrigger());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    triggers.computeIfAbsent(row.getLong(1), table -> new HashMap<>())
                            .put(
                                    row.getString(2),
                                    new Trigger(
                                            row.getLong(3), row.getBoolean(4), row.getString(5), row.getBoolean(6)));
                }
            }
        }
        return triggers;
    }
}
