package io.reseal.rotation.internal.compliance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import tools.jackson.databind.json.JsonMapper;

/** What the key store keeps beside the keys, read from its table. */
final class RecordEvidence {

    static final String SQL = "SELECT id, body FROM reseal_record WHERE kind = :kind ORDER BY id";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Jdbi jdbi;

    RecordEvidence(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The query with the kind that was asked for. */
    static String sql(String kind) {
        return SQL.replace(":kind", "'" + kind + "'");
    }

    /**
     * A policy in force.
     *
     * @param lifetime empty if the values are re-encrypted
     */
    record Terms(String interval, String grace, String lifetime, long usageLimit, int approvals) {

        Duration age() {
            return Duration.parse(interval);
        }

        /** Whether a destruction rests on a proof: what expires by itself is not counted. */
        boolean takesProof() {
            return lifetime.isEmpty();
        }
    }

    private record Policy(Terms terms) {}

    /** By key type. */
    Map<String, Terms> policies() {
        Map<String, Terms> policies = new TreeMap<>();
        bodies("policy")
                .forEach((type, body) ->
                        policies.put(type, JSON.readValue(body, Policy.class).terms()));
        return policies;
    }

    private record Approval(String requester, String state, List<Given> approvals) {}

    private record Given(String subject) {}

    /** The ids of requests that were used, and that somebody else than who asked has approved. */
    List<String> approvedByOthers() {
        List<String> ids = new ArrayList<>();
        bodies("approval").forEach((id, body) -> {
            Approval approval = JSON.readValue(body, Approval.class);
            boolean byOthers = approval.approvals().stream()
                    .anyMatch(given -> !given.subject().equalsIgnoreCase(approval.requester()));
            if (approval.state().equals("USED") && byOthers) {
                ids.add(id);
            }
        });
        return ids;
    }

    private record Kept(String retention) {}

    /** For how long each kind of copy of the databases is kept, as people have declared it. */
    Map<String, Duration> retentions() {
        Map<String, Duration> kept = new TreeMap<>();
        bodies("retention")
                .forEach((copies, body) -> kept.put(
                        copies, Duration.parse(JSON.readValue(body, Kept.class).retention())));
        return kept;
    }

    static Optional<Duration> longest(Map<String, Duration> retentions) {
        return retentions.values().stream().max(Comparator.naturalOrder());
    }

    private record Answers(List<String> gates) {}

    /** What let keys be erased, by {@code type/version}. */
    Map<String, List<String>> gatesOfDestructions() {
        String suffix = "/PENDING_DESTROY";
        Map<String, List<String>> gates = new TreeMap<>();
        bodies("destruction-checklist").forEach((id, body) -> {
            if (id.endsWith(suffix)) {
                gates.put(
                        id.substring(0, id.length() - suffix.length()),
                        JSON.readValue(body, Answers.class).gates());
            }
        });
        return gates;
    }

    /** A table of the catalog. */
    record Mapped(String schema, String table, List<MappedColumn> columns) {}

    record MappedColumn(String name, String form, String keyType) {}

    List<Mapped> mapped() {
        return bodies("mapped-columns").values().stream()
                .map(body -> JSON.readValue(body, Mapped.class))
                .toList();
    }

    private record Retired(String schema, String table, String column, String keyType, String since) {}

    /** Columns that people have taken out of what is looked at: each with the key type that it was mapped with. */
    Set<List<String>> retired() {
        return bodies("retired-column").values().stream()
                .map(body -> JSON.readValue(body, Retired.class))
                .filter(one -> !one.since().isEmpty())
                .map(one -> List.of(one.schema(), one.table(), one.column(), one.keyType()))
                .collect(Collectors.toSet());
    }

    private Map<String, String> bodies(String kind) {
        Map<String, String> bodies = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery(SQL)
                .bind("kind", kind)
                .map((row, context) -> Map.entry(row.getString("id"), row.getString("body")))
                .forEach(entry -> bodies.put(entry.getKey(), entry.getValue())));
        return bodies;
    }
}
