package io.reseal.benchmarks.foreground;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The traffic, a process of its own: arguments are the database's address and the number of rows; each line of the input is
 * a phase, {@code closed SECONDS} or {@code open RATE SECONDS}, and each phase ends with a line of the output.
 */
final class TrafficMain {

    private TrafficMain() {}

    public static void main(String[] arguments) throws Exception {
        try (Traffic traffic = new Traffic(arguments[0], Long.parseLong(arguments[1]))) {
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                System.out.println(run(traffic, line.split(" ", -1)));
            }
        }
    }

    private static String run(Traffic traffic, String[] command) throws IOException, InterruptedException {
        return switch (command[0]) {
            case "closed" -> traffic.closed(Duration.ofSeconds(Long.parseLong(command[1])));
            case "open" -> traffic.open(Double.parseDouble(command[1]), Duration.ofSeconds(Long.parseLong(command[2])));
            default -> throw new IOException("There is no phase " + command[0]);
        };
    }
}
