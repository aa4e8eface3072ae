package io.reseal.benchmarks.stage;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/**
 * The table that is re-encrypted: rows of about 300 bytes with consecutive ids, one of whose columns, {@code c}, holds 100
 * bytes that Reseal sealed. Fill factor 100, so that no page has room to spare.
 */
public final class CustomerTable {

    public static final String NAME = "customer";
    public static final String SEALED = "c";

    private static final int BATCH = 10_000;

    private CustomerTable() {}

    /** Creates the table without secondary indexes, sealed by Reseal and catalogued, with ids from 1 to {@code rows}. */
    public static void create(Database database, long rows) {
        try (Sealing sealing = Sealing.open(database)) {
            sealing.record();
            create(database, rows, id -> sealing.seal(plaintext(id)));
        }
    }

    /** The same table, sealed by somebody else. */
    public static void create(Database database, long rows, LongFunction<byte[]> sealed) {
        database.execute("""
                CREATE TABLE customer (
                    id bigint PRIMARY KEY,
                    account bigint NOT NULL,
                    created_at timestamp NOT NULL,
                    email text NOT NULL,
                    note text NOT NULL,
                    c bytea NOT NULL
                ) WITH (fillfactor = 100)
                """);
        fill(database, rows, sealed);
        settle(database);
    }

    /** Adds the three secondary indexes, none of which is about the sealed column. */
    public static void index(Database database) {
        database.execute(
                "CREATE INDEX ON customer (account)",
                "CREATE INDEX ON customer (created_at)",
                "CREATE INDEX ON customer (email)");
        settle(database);
    }

    /** What a row's sealed column opens to. */
    public static byte[] plaintext(long id) {
        return String.format(Locale.ROOT, "customer %010d lives at 12 Long Street, Old Town, in house number 7", id)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the table and its indexes into the server's memory. */
    public static void warm(Database database) {
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm", """
                SELECT pg_prewarm(relation)
                FROM (SELECT 'customer'::regclass AS relation
                      UNION ALL
                      SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'customer'::regclass) AS r
                """);
    }

    private static void fill(Database database, long rows, LongFunction<byte[]> sealed) {
        try (Connection connection = database.connect();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO customer
                        SELECT id, (id * 7919) % 1000003, timestamp '2020-01-01' + (id * 37 % 100000000) * interval '1 s',
                               'customer' || (id * 104729 % 10000019) || '@example.org', rpad(md5(id::text), 104, 'x'), c
                        FROM unnest(?::bigint[], ?::bytea[]) AS v (id, c)
                        """)) {
            for (long first = 1; first <= rows; first += BATCH) {
                long[] ids = LongStream.rangeClosed(first, Math.min(rows, first + BATCH - 1))
                        .toArray();
                insert.setObject(1, ids);
                byte[][] values = LongStream.of(ids).mapToObj(sealed).toArray(byte[][]::new);
                insert.setArray(2, connection.createArrayOf("bytea", values));
                insert.executeUpdate();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The table could not be filled", e);
        }
    }

    private static void settle(Database database) {
        database.execute("VACUUM (ANALYZE) customer", "CHECKPOINT");
    }
}
