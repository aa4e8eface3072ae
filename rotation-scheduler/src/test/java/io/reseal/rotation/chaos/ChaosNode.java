package io.reseal.rotation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.rotation.attack.Mapping;
import io.reseal.rotation.pace.Effort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * A node of its own: takes up its work as soon as the database lets it, whatever happens goes on, and ends with its standard
 * input, so that it never outlives the test.
 *
 * <p>Arguments: role, URL, local key file, and what the role needs.
 */
public final class ChaosNode {

    /** Said after every order, with its first word and what became of it. */
    static final String DONE = "done ";

    static final String IN_VAIN = "in vain";

    private static final int ARGUMENTS = 3;
    private static final String REFRESH = "PT0.2S";
    private static final String LEASE = "PT1S";
    private static final int PAUSE_MILLIS = 200;

    private ChaosNode() {}

    /** What a node does with its orders. */
    interface Role {
        void obey(String[] order) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        Map<String, Object> settings = Mapping.settings(arguments[1], arguments[2], REFRESH, LEASE);
        settings.put("jakarta.persistence.jdbc.user", Server.ROLE);
        String[] rest = Arrays.copyOfRange(arguments, ARGUMENTS, arguments.length);
        Role role = persistently(() -> role(arguments[0], settings, rest));
        say("ready");
        follow(orders, role);
        Runtime.getRuntime().halt(0);
    }

    private static Role role(String name, Map<String, Object> settings, String[] rest) throws Exception {
        return switch (name) {
            case "engine" -> EngineRole.start(settings, Long.parseLong(rest[0]), Effort.valueOf(rest[1]));
            case "app" -> ApplicationRole.start(settings, rest);
            case "operator" -> OperatorRole.start(settings);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void follow(BufferedReader orders, Role role) throws IOException {
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String outcome = "well";
            try {
                role.obey(order.split(" ", -1));
            } catch (Exception e) {
                complain(e);
                outcome = IN_VAIN;
            }
            say(DONE + order.split(" ", 2)[0] + " " + outcome);
        }
    }

    /** Until it succeeds. */
    static <T> T persistently(Callable<T> task) throws InterruptedException {
        while (true) {
            try {
                return task.call();
            } catch (Exception e) {
                complain(e);
                pause(PAUSE_MILLIS);
            }
        }
    }

    static void background(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    static void pause(long millis) throws InterruptedException {
        Thread.sleep(millis);
    }

    static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Into the node's log: the classes of the error and its causes. */
    static void complain(Throwable e) {
        StringBuilder line = new StringBuilder("complaint");
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            line.append(' ').append(cause);
        }
        say(line.toString());
    }
}
