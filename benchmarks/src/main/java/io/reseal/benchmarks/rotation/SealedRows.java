package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.CustomerTable;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Sealing;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;

/** Looks at the table with SQL of the benchmark's own, which knows nothing of the engine's. */
record SealedRows(Database database) {

    static final KeyType KEY_TYPE = Sealing.KEY_TYPE;
    private static final int OPENED = 1_000;

    /** How many values stand under a key. */
    long under(KeyId key) {
        return database.number("SELECT count(*) FROM customer WHERE encode(c, 'hex') LIKE '"
                + HexFormat.of().formatHex(key.header()) + "%'");
    }

    /** A sum over everything else that the rows hold: no rewriting may change it. */
    long others() {
        return database.number("""
                SELECT (sum(hashtextextended(concat_ws('|', id, account, created_at, email, note), 0)) % 4611686018427387904)
                FROM customer
                """);
    }

    /**
     * Requires that {@code rewritten} rows of {@code all} stand under the second key and the rest under the first, and
     * opens some of the rewritten ones.
     */
    void requireRewritten(long rewritten, long all) {
        KeyId first = new KeyId(KEY_TYPE, 1);
        KeyId second = new KeyId(KEY_TYPE, 2);
        long fresh = under(second);
        long stale = under(first);
        WrongRunException.require(
                fresh == rewritten && stale == all - rewritten,
                "Of " + all + " rows " + fresh + " stand under " + second + " and " + stale + " under " + first);
        requireOpen(rewritten);
    }

    private void requireOpen(long rewritten) {
        try (Sealing sealing = Sealing.open(database);
                Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, c FROM customer WHERE id <= " + rewritten
                        + " ORDER BY hashint8(id), id LIMIT " + OPENED)) {
            while (row.next()) {
                byte[] plaintext = sealing.open(row.getBytes(2));
                WrongRunException.require(
                        Arrays.equals(plaintext, CustomerTable.plaintext(row.getLong(1))),
                        "The value of row " + row.getLong(1) + " opens to something else");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The rows could not be read", e);
        }
    }
}
