package io.reseal.rotation.internal.maintenance;

import io.reseal.rotation.maintenance.MaintenanceWindow;
import io.reseal.rotation.maintenance.MaintenanceWindow.Entry;
import io.reseal.rotation.maintenance.MaintenanceWindow.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** A window with everything that was found, as one document. */
public final class WindowDocument {

    private static final ObjectWriter JSON = JsonMapper.shared().writerWithDefaultPrettyPrinter();

    private WindowDocument() {}

    public static String json(MaintenanceWindow window) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", window.id());
        fields.put("start", window.plan().start().toString());
        fields.put("end", window.plan().end().toString());
        fields.put("reason", window.plan().reason());
        fields.put("planned_by", window.plannedBy());
        fields.put("planned_at", window.plannedAt().toString());
        fields.put("state", window.state().name());
        fields.put(
                "entries", window.entries().stream().map(WindowDocument::entry).toList());
        return JSON.writeValueAsString(fields) + "\n";
    }

    private static Map<String, @Nullable Object> entry(Entry entry) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("at", entry.at().toString());
        fields.put("phase", entry.phase().name());
        fields.put("check", entry.check().name());
        fields.put("outcome", entry.outcome().name());
        fields.put("subject", entry.subject());
        fields.put("text", entry.text());
        fields.put("measured", entry.measured().isPresent() ? entry.measured().getAsLong() : null);
        fields.put("by", entry.by());
        return fields;
    }

    /** For people: phase after phase. */
    public static String text(MaintenanceWindow window) {
        StringBuilder text = new StringBuilder("Maintenance window " + window + "\nPlanned by " + window.plannedBy()
                + " at " + window.plannedAt() + ": " + window.plan().reason() + "\n");
        for (Phase phase : Phase.values()) {
            List<Entry> entries = window.entries().stream()
                    .filter(entry -> entry.phase() == phase)
                    .toList();
            text.append('\n')
                    .append(phase)
                    .append(entries.isEmpty() ? ": nothing" : "")
                    .append('\n');
            entries.forEach(entry -> text.append(line(entry)));
        }
        return text.toString();
    }

    private static String line(Entry entry) {
        String subject = entry.subject().isEmpty() ? "" : " (" + entry.subject() + ")";
        return entry.at() + " " + entry.outcome() + " " + entry.check() + subject + ": " + entry.text()
                + (entry.by().equals(WindowEntries.SYSTEM) ? "" : ", " + entry.by()) + "\n";
    }
}
