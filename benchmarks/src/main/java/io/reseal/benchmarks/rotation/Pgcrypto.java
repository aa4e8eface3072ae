package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.CustomerTable;
import io.reseal.benchmarks.stage.Database;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * PostgreSQL's own re-encryption, AES-256 in CBC mode: the server sees keys and plaintext, and nothing is authenticated. A
 * value's nonce stands before it and is used again under the new key, which spares the server to draw another.
 */
record Pgcrypto(int sessions) implements Contender {

    private static final int NONCE = 16;
    private static final int CHECKED = 1_000;
    private static final String OLD = "an old key of thirty-two letters";
    private static final String NEW = "a newer key of 256 bits, or 32 B";

    @Override
    public String name() {
        return "pgcrypto ×" + sessions;
    }

    @Override
    public String startsFrom() {
        return Templates.PGCRYPTO;
    }

    @Override
    public long rows(long rows) {
        return rows;
    }

    /** What the table holds at the start, in the form that pgcrypto reads. */
    static byte[] sealed(long id) {
        try {
            byte[] nonce = ByteBuffer.allocate(NONCE)
                    .putLong(id * 0x9E3779B97F4A7C15L)
                    .putLong(id)
                    .array();
            byte[] body = cipher(Cipher.ENCRYPT_MODE, OLD, nonce).doFinal(CustomerTable.plaintext(id));
            return ByteBuffer.allocate(NONCE + body.length).put(nonce).put(body).array();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has AES in CBC mode", e);
        }
    }

    @Override
    public Attempt prepare(Database database, long rows) {
        String statement = """
                UPDATE customer SET c = substr(c, 1, 16) || encrypt_iv(
                    decrypt_iv(substr(c, 17), decode('%s', 'hex'), substr(c, 1, 16), 'aes'),
                    decode('%s', 'hex'), substr(c, 1, 16), 'aes')""".formatted(hex(OLD), hex(NEW));
        return Sessions.open(database, Halves.of(statement, sessions, rows));
    }

    @Override
    public void check(Database database, long rows) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, c FROM customer ORDER BY hashint8(id), id LIMIT " + CHECKED)) {
            while (row.next()) {
                byte[] stored = row.getBytes(2);
                byte[] nonce = Arrays.copyOf(stored, NONCE);
                byte[] plaintext =
                        cipher(Cipher.DECRYPT_MODE, NEW, nonce).doFinal(stored, NONCE, stored.length - NONCE);
                WrongRunException.require(
                        Arrays.equals(plaintext, CustomerTable.plaintext(row.getLong(1))),
                        "pgcrypto changed a plaintext");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The rows could not be read", e);
        } catch (GeneralSecurityException e) {
            throw new WrongRunException("pgcrypto left a value that does not open");
        }
    }

    private static Cipher cipher(int mode, String key, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
        byte[] bytes = key.getBytes(StandardCharsets.US_ASCII);
        cipher.init(mode, new SecretKeySpec(bytes, "AES"), new IvParameterSpec(nonce));
        return cipher;
    }

    private static String hex(String key) {
        return HexFormat.of().formatHex(key.getBytes(StandardCharsets.US_ASCII));
    }
}
