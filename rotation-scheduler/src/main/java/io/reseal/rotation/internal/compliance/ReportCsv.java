package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.internal.report.CsvLines;
import java.io.IOException;
import java.io.Writer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Everything that the JSON of a report says, a line for each value: its section, which one of its section, its name, and it. */
final class ReportCsv {

    private final CsvLines lines;

    private ReportCsv(CsvLines lines) {
        this.lines = lines;
    }

    static void write(String json, Writer to) throws IOException {
        CsvLines lines = new CsvLines(to);
        lines.line("section", "item", "field", "value");
        ReportCsv csv = new ReportCsv(lines);
        for (var section : JsonMapper.shared().readTree(json).properties()) {
            csv.section(section.getKey(), section.getValue());
        }
        to.flush();
    }

    private void section(String name, JsonNode content) throws IOException {
        if (!content.isArray()) {
            values(new Place(name, "", ""), content);
        }
        for (int i = 0; content.isArray() && i < content.size(); i++) {
            values(new Place(name, Integer.toString(i + 1), ""), content.get(i));
        }
    }

    private record Place(String section, String item, String field) {

        Place in(String name) {
            return new Place(section, item, field.isEmpty() ? name : field + "." + name);
        }
    }

    private void values(Place place, JsonNode content) throws IOException {
        if (content.isValueNode()) {
            lines.line(place.section(), place.item(), place.field(), content.isNull() ? "" : content.asString());
        }
        for (var property : content.properties()) {
            values(place.in(property.getKey()), property.getValue());
        }
        for (int i = 0; content.isArray() && i < content.size(); i++) {
            values(place.in(Integer.toString(i + 1)), content.get(i));
        }
    }
}
