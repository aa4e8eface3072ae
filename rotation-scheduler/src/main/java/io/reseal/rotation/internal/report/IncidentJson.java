package io.reseal.rotation.internal.report;

import io.reseal.rotation.Affected;
import io.reseal.rotation.AffectedTable;
import io.reseal.rotation.Incident;
import io.reseal.rotation.IncidentEntry;
import io.reseal.rotation.IncidentReport;
import io.reseal.rotation.RecordedNotification;
import io.reseal.rotation.StepReport;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.TableProgress;
import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** An incident as JSON. Names of fields are those of the HTTP interface, and stay. */
public final class IncidentJson {

    private static final ObjectWriter JSON = JsonMapper.shared().writerWithDefaultPrettyPrinter();

    private IncidentJson() {}

    /** Flushes {@code to} and leaves it open. */
    public static void write(IncidentReport report, Writer to) throws IOException {
        to.write(JSON.writeValueAsString(document(report)));
        to.write('\n');
        to.flush();
    }

    private static Fields document(IncidentReport report) {
        Incident incident = report.incident();
        Incident.Response response = incident.response();
        return new Fields()
                .with("id", incident.id())
                .with("key_type", incident.key().type().name())
                .with("version", incident.key().version())
                .with("key_state", report.state().name())
                .with("open", incident.isOpen())
                .with("opened_at", incident.openedAt())
                .with("opened_by", incident.openedBy())
                .with("reason", incident.reason())
                .with("reported_at", report.at())
                .with("successor", response.successor())
                .with("effective_at", response.effectiveAt())
                .with("effective_after", incident.effectiveAfter())
                .with("notices", List.of(IncidentReport.FORGERY_NOTICE, IncidentReport.SCOPE_NOTICE))
                .with("missing_to_close", report.missing())
                .with("steps", each(report.steps(), IncidentJson::step))
                .with("affected", response.affected().map(IncidentJson::affected))
                .with("reencryption", report.run().map(IncidentJson::run))
                .with("proof", report.proof().map(IncidentJson::proof))
                .with("notifications", each(incident.notifications(), IncidentJson::notification))
                .with("timeline", each(incident.timeline(), IncidentJson::entry));
    }

    private static Fields step(StepReport step) {
        return new Fields()
                .with("step", step.step().name())
                .with("time_box", step.step().box().name())
                .with("standing", step.standing().name())
                .with("due", step.due())
                .with("done", step.done())
                .with("evidence", step.evidence());
    }

    private static Fields affected(Affected affected) {
        return new Fields()
                .with("counted_at", affected.countedAt())
                .with("rows", affected.rows())
                .with("owners", affected.owners())
                .with("tables", each(affected.tables(), IncidentJson::table));
    }

    private static Fields table(AffectedTable table) {
        return new Fields()
                .with("schema", table.schema())
                .with("table", table.table())
                .with("rows", table.rows())
                .with("owners", table.owners())
                .with("problem", table.problem())
                .with(
                        "columns",
                        each(
                                table.columns(),
                                column -> new Fields()
                                        .with("column", column.column())
                                        .with("values", column.values())));
    }

    private static Fields run(IncidentReport.RunReport run) {
        return new Fields()
                .with("run", run.id().value())
                .with("state", run.state().name())
                .with("failure", run.failure())
                .with("quarantined", run.quarantined())
                .with("tables", each(run.tables(), IncidentJson::progress));
    }

    private static Fields progress(TableProgress table) {
        return new Fields()
                .with("schema", table.schema())
                .with("table", table.table())
                .with("changed", table.changed())
                .with("superseded", table.superseded())
                .with("quarantined", table.quarantined())
                .with("ranges_done", table.rangesDone())
                .with("ranges_total", table.rangesTotal());
    }

    private static Fields proof(Proof proof) {
        return new Fields()
                .with("strength", proof.strength().name())
                .with("taken_at", proof.takenAt())
                .with("holds", proof.holds())
                .with("remaining", proof.remaining())
                .with(
                        "columns",
                        each(
                                proof.columns(),
                                column -> new Fields()
                                        .with("schema", column.schema())
                                        .with("table", column.table())
                                        .with("column", column.column())
                                        .with("remaining", column.remaining())
                                        .with("values", column.values())))
                .with("assumptions", proof.assumptions())
                .with("void_because", proof.voidedBecause());
    }

    private static Fields notification(RecordedNotification told) {
        return new Fields()
                .with("audience", told.notification().audience().name())
                .with("whom", told.notification().whom())
                .with("channel", told.notification().channel())
                .with("at", told.notification().at())
                .with("recorded_by", told.by())
                .with("recorded_at", told.recordedAt());
    }

    private static Fields entry(IncidentEntry entry) {
        return new Fields()
                .with("at", entry.at())
                .with("actor", entry.actor())
                .with("kind", entry.kind().name())
                .with("step", entry.step().map(Enum::name))
                .with("text", entry.text());
    }

    private static <T> List<Fields> each(List<T> all, Function<T, Fields> one) {
        return all.stream().map(one).toList();
    }

    /** In the order in which they were added; what is neither number, boolean nor structure is a text. */
    private static final class Fields extends LinkedHashMap<String, @Nullable Object> {

        private static final long serialVersionUID = 1L;

        Fields with(String name, Object value) {
            Object present = value instanceof Optional<?> optional ? optional.orElse(null) : value;
            put(name, isJson(present) ? present : String.valueOf(present));
            return this;
        }

        private static boolean isJson(@Nullable Object value) {
            return value == null
                    || value instanceof Number
                    || value instanceof Boolean
                    || value instanceof Map
                    || value instanceof List;
        }
    }
}
