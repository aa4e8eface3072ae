package io.reseal.rotation.internal.compliance;

import io.reseal.database.DatabaseProduct;
import io.reseal.database.ResealDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Whether what is stored in the mapped columns is sealed, as far as its first bytes say: a plain count of values, and of those that begin as
 * a sealed one does. The engine and its proofs look at versions instead, by other statements.
 */
final class ColumnEvidence {

    static final String SQL =
            "SELECT COUNT(COLUMN), COUNT(CASE WHEN LEFT/SUBSTRING(COLUMN) begins as a sealed value does THEN 1 END)"
                    + " FROM TABLE, for each column of the catalog that is not retired";

    private static final byte[] TINK = {1};
    private static final byte[] TEXT = "rs:".getBytes(StandardCharsets.US_ASCII);

    private final ResealDatabase database;
    private final RecordEvidence records;

    ColumnEvidence(ResealDatabase database, RecordEvidence records) {
        this.database = database;
        this.records = records;
    }

    /**
     * What is stored in a column.
     *
     * @param problem why it could not be counted; empty if it was
     */
    record Counted(String column, long values, long sealed, Optional<String> problem) {

        long plain() {
            return values - sealed;
        }
    }

    List<Counted> read() {
        var retired = records.retired();
        return records.mapped().stream()
                .flatMap(table -> table.columns().stream()
                        .filter(column -> !retired.contains(
                                List.of(table.schema(), table.table(), column.name(), column.keyType())))
                        .map(column -> counted(table, column)))
                .toList();
    }

    private Counted counted(RecordEvidence.Mapped table, RecordEvidence.MappedColumn column) {
        String name = (table.schema().isEmpty() ? "" : table.schema() + ".") + table.table() + "." + column.name();
        try {
            return database.jdbi().inTransaction(handle -> count(handle, name, table, column));
        } catch (JdbiException e) {
            return new Counted(name, 0, 0, Optional.of(reason(e)));
        }
    }

    /** Messages of drivers may quote anything. */
    private static String reason(JdbiException e) {
        return e.getCause() instanceof SQLException sql
                ? "SQL state " + sql.getSQLState()
                : e.getClass().getSimpleName();
    }

    private Counted count(Handle handle, String name, RecordEvidence.Mapped table, RecordEvidence.MappedColumn column) {
        seeAllRows(handle);
        String quote = quote(handle);
        String quoted = quoted(column.name(), quote);
        boolean isText = column.form().equals("TEXT");
        String from =
                (table.schema().isEmpty() ? "" : quoted(table.schema(), quote) + ".") + quoted(table.table(), quote);
        return handle.createQuery(
                        "SELECT COUNT(<column>) AS n, COUNT(CASE WHEN SUBSTRING(<column>, 1, <length>) = :begin THEN 1 END)"
                                + " AS sealed FROM <table>")
                .define("column", quoted)
                .define("table", from)
                .define("length", isText ? TEXT.length : TINK.length)
                .bind("begin", isText ? new String(TEXT, StandardCharsets.US_ASCII) : (Object) TINK)
                .map((row, context) -> new Counted(name, row.getLong("n"), row.getLong("sealed"), Optional.empty()))
                .one();
    }

    /** Row security that hides rows is to fail, and not to hide them. */
    private void seeAllRows(Handle handle) {
        if (database.product() == DatabaseProduct.POSTGRESQL) {
            handle.execute("SET LOCAL row_security = off");
        }
    }

    private static String quote(Handle handle) {
        try {
            return handle.getConnection().getMetaData().getIdentifierQuoteString();
        } catch (SQLException e) {
            throw new EvidenceException(e);
        }
    }

    private static String quoted(String name, String quote) {
        return quote + name.replace(quote, quote + quote) + quote;
    }
}
