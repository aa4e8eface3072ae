package io.reseal.rotation.internal.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * Owners of rows as CSV (RFC 4180), a line for each owner and table. What a spreadsheet would take for a formula gets an apostrophe in
 * front.
 */
public final class OwnersCsv {

    private static final String FORMULA = "=+-@\t\r\n";
    private static final String END = "\r\n";

    private final Writer to;

    /** Writes the heading; {@code to} is left open. */
    public OwnersCsv(Writer to) throws IOException {
        this.to = to;
        line("owner", "table");
    }

    /** One owner with one table. */
    public void add(String owner, String table) {
        try {
            line(owner, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void line(String owner, String table) throws IOException {
        to.write(quoted(owner) + "," + quoted(table) + END);
    }

    static String quoted(String text) {
        String safe = !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
        return '"' + safe.replace("\"", "\"\"") + '"';
    }
}
