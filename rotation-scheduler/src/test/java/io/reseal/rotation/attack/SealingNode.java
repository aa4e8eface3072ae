package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.UnreadableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;

/**
 * A node that seals values without a pause, writes down when it was about to seal each, and opens what others sealed last.
 *
 * <p>Arguments: name, URL, local key file, refresh interval and lease of the keys.
 */
public final class SealingNode {

    /** What it writes to. */
    static final String TABLES = "CREATE TABLE sealed (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, node text,"
            + " asked bigint, body bytea); CREATE TABLE complaint (node text, text text)";

    private static final Clock CLOCK = Clock.systemUTC();

    private final String name;
    private final FieldCipher cipher;
    private final PreparedStatement insert;
    private final PreparedStatement newest;
    private final PreparedStatement complain;

    private SealingNode(String name, KeyRegistry keys, Connection connection) throws SQLException {
        this.name = name;
        this.cipher = new FieldCipher(keys, "sealed.body");
        this.insert = connection.prepareStatement("INSERT INTO sealed (node, asked, body) VALUES (?, ?, ?)");
        this.newest = connection.prepareStatement("SELECT body FROM sealed ORDER BY id DESC LIMIT 3");
        this.complain = connection.prepareStatement("INSERT INTO complaint (node, text) VALUES (?, ?)");
    }

    public static void main(String[] arguments) throws IOException, SQLException {
        ResealSettings settings = ResealSettings.from(Map.of(
                ResealSettings.KEY_STORE, arguments[1],
                ResealSettings.KEY_STORE_USER, "postgres",
                ResealSettings.KEY_STORE_PASSWORD, "",
                ResealSettings.KEK_FILE, arguments[2],
                ResealSettings.REFRESH, arguments[3],
                ResealSettings.LEASE, arguments[4]));
        KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC()).readyToSeal();
        Connection connection = DriverManager.getConnection(arguments[1], "postgres", "");
        SealingNode node = new SealingNode(arguments[0], keys, connection);
        Thread worker = new Thread(node::seal, "sealing");
        worker.setDaemon(true);
        worker.start();
        System.out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
        Runtime.getRuntime().halt(0);
    }

    private void seal() {
        try {
            while (true) {
                sealOne();
                openOthers();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void sealOne() throws SQLException {
        long asked = CLOCK.millis();
        try {
            byte[] sealed = cipher.seal(KeyType.DATABASE_ENCRYPTION, name.getBytes(UTF_8));
            insert.setString(1, name);
            insert.setLong(2, asked);
            insert.setBytes(3, sealed);
            insert.execute();
        } catch (SealingRefusedException e) {
            System.out.println("refused " + e.getMessage());
        }
    }

    private void openOthers() throws SQLException {
        try (ResultSet rows = newest.executeQuery()) {
            while (rows.next()) {
                cipher.open(rows.getBytes(1));
            }
        } catch (UnreadableValueException e) {
            complain.setString(1, name);
            complain.setString(2, e.getMessage());
            complain.execute();
        }
    }
}
