package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.ResealException;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Progress;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.hibernate.SessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A node of its own: does one order after the other, and ends with its standard input, so that it never outlives the test.
 *
 * <p>Arguments: URL, local key file, refresh interval and lease of the keys.
 */
public final class NodeMain {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final Map<String, Object> settings;
    private @Nullable KeyRotation rotation;
    private @Nullable SessionFactory sessions;

    private NodeMain(Map<String, Object> settings) {
        this.settings = settings;
    }

    public static void main(String[] arguments) throws IOException {
        NodeMain node = new NodeMain(Mapping.settings(arguments[0], arguments[1], arguments[2], arguments[3]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        say("ready");
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            node.obey(order.split(" "), orders);
        }
        Runtime.getRuntime().halt(0);
    }

    private void obey(String[] order, BufferedReader orders) {
        try {
            switch (order[0]) {
                case "boot" -> boot();
                case "put" -> put(Long.parseLong(order[1]), order[2]);
                case "get" -> get(Long.parseLong(order[1]));
                case "fail" -> fail(Long.parseLong(order[1]), Long.parseLong(order[2]));
                case "rotate" -> rotate(order[1]);
                case "reencrypt" -> reencrypt(order);
                case "reencrypt-on" -> reencryptForever(order);
                case "sealed-but-not-committed" -> sealAndWait(Long.parseLong(order[1]), orders);
                case "write" -> write(order, orders);
                default -> throw new IllegalArgumentException(order[0]);
            }
        } catch (Exception | AssertionError e) {
            e.printStackTrace();
            say("failed " + e);
        }
    }

    private void boot() {
        sessions();
        say("booted");
    }

    private void put(long id, String secret) {
        sessions().inTransaction(session -> {
            Account account = new Account(id);
            account.secret = secret;
            session.persist(account);
        });
        say("put " + id);
    }

    private void get(long id) {
        say("got " + sessions().fromSession(session -> session.find(Account.class, id).secret));
    }

    /** Asks for accounts that do not open. */
    private void fail(long from, long to) {
        int failed = 0;
        for (long id = from; id <= to; id++) {
            long one = id;
            try {
                Account unused = sessions().fromSession(session -> session.find(Account.class, one));
            } catch (ResealException e) {
                failed++;
            }
        }
        say("refused " + failed);
    }

    private void rotate(String type) {
        say("active " + rotation().rotate(type(type), "attack", "test").id().version());
    }

    /** {@code reencrypt <type> <rows> <batches> <pause ms> <lease ms>}. */
    private void reencrypt(String[] order) {
        ReencryptionOptions options = ReencryptionOptions.defaults()
                .withEffort(Effort.FULL)
                .withAcknowledged(Set.of("UPDATE_TRIGGER:account"))
                .withWorkers(1)
                .withWindow(Integer.parseInt(order[2]), Integer.parseInt(order[3]))
                .withPauseBetweenBatches(Duration.ofMillis(Long.parseLong(order[4])))
                .withLease(Duration.ofMillis(Long.parseLong(order[5])));
        try (Reencryption run = rotation().reencrypt(type(order[1]), options)) {
            say("joined " + run.id().value());
            Progress progress = run.await(LONG);
            say("ended " + progress.state() + " changed=" + progress.changed() + " quarantined="
                    + progress.quarantined() + " holds="
                    + run.proofs().stream().allMatch(Proof::holds));
        }
    }

    /** One run after the other, until the process ends. */
    private void reencryptForever(String[] order) {
        while (true) {
            reencrypt(order);
        }
    }

    /** Commits when it is told to. */
    private void sealAndWait(long id, BufferedReader orders) {
        sessions().inTransaction(session -> {
            Account account = new Account(id);
            account.secret = "late";
            session.persist(account);
            session.flush();
            say("sealed");
            readLine(orders);
        });
        say("committed");
    }

    private static void readLine(BufferedReader orders) {
        try {
            orders.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code write <first slot> <threads> <slots> <oracle file>}, until the next line. */
    private void write(String[] order, BufferedReader orders) throws Exception {
        int first = Integer.parseInt(order[1]);
        try (Writers writers =
                Writers.start(sessions(), first, Integer.parseInt(order[2]), Integer.parseInt(order[3]))) {
            say("writing");
            orders.readLine();
            Oracle oracle = writers.stop();
            oracle.save(Path.of(order[4]));
            say("wrote "
                    + oracle.commits().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum());
        }
    }

    private static KeyType type(String name) {
        return KeyTypes.standard().named(name);
    }

    private KeyRotation rotation() {
        if (rotation == null) {
            rotation = KeyRotation.open(settings);
        }
        return rotation;
    }

    private SessionFactory sessions() {
        if (sessions == null) {
            sessions = Mapping.boot(settings);
        }
        return sessions;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
