package io.reseal.rotation.internal.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/**
 * Owners of rows as CSV, a line for each owner and table.
 */
public final class OwnersCsv {

    private final CsvLines lines;

    /** Writes the heading; {@code to} is left open. */
    public OwnersCsv(Writer to) throws IOException {
        lines = new CsvLines(to);
        lines.line("owner", "table");
    }

    /** One owner with one table. */
    public void add(String owner, String table) {
        try {
            lines.line(owner, table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
