package io.reseal.rotation.internal.report;

import java.io.IOException;
import java.io.Writer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lines of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe in front. */
public final class CsvLines {

    private static final String FORMULA = "=+-@\t\r\n";
    private static final String END = "\r\n";

    private final Writer to;

    /** @param to is left open */
    public CsvLines(Writer to) {
        this.to = to;
    }

    public void line(String... fields) throws IOException {
        to.write(Stream.of(fields).map(CsvLines::quoted).collect(Collectors.joining(",")) + END);
    }

    static String quoted(String text) {
        String safe = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return '"' + safe.replace("\"", "\"\"") + '"';
    }
}
