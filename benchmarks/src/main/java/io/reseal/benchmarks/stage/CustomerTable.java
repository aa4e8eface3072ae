package io.reseal.benchmarks.stage;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.ResealDatabase;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The table that is re-encrypted: rows of about 300 bytes with consecutive ids, one of whose columns, {@code c}, holds 100
 * bytes that Reseal sealed. Fill factor 100, so that no page has room to spare.
 */
public final class CustomerTable {

    public static final String NAME = "customer";
    public static final KeyType KEY_TYPE = KeyType.DATABASE_ENCRYPTION;
    public static final String CONTEXT = NAME + ".c";

    private static final String POOL = "benchmark-catalog";
    private static final int BATCH = 10_000;

    private CustomerTable() {}

    /** Creates the table without secondary indexes, puts it into the catalog, and fills it with ids from 1 to {@code rows}. */
    public static void create(Database database, long rows) {
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
        ResealSettings settings = ResealSettings.from(database.settings());
        try (KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC());
                ResealDatabase pool = ResealDatabase.open(settings, POOL, 1)) {
            keys.ensureActive(KEY_TYPE);
            new ColumnCatalog(pool)
                    .record(List.of(new SealedColumn(
                            Optional.empty(), NAME, "c", StorageForm.BINARY, KEY_TYPE, CONTEXT, List.of("id"), true)));
            fill(database, new FieldCipher(keys, CONTEXT), rows);
        }
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

    private static void fill(Database database, FieldCipher cipher, long rows) {
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
                insert.setArray(2, connection.createArrayOf("bytea", sealed(cipher, ids)));
                insert.executeUpdate();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The table could not be filled", e);
        }
    }

    private static byte[][] sealed(FieldCipher cipher, long[] ids) {
        return LongStream.of(ids)
                .mapToObj(id -> cipher.seal(KEY_TYPE, plaintext(id)))
                .toArray(byte[][]::new);
    }

    private static void settle(Database database) {
        database.execute("VACUUM (ANALYZE) customer", "CHECKPOINT");
    }
}
