package io.reseal.examples.social;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * How the demo was asked to run, validated.
 *
 * @param database where it runs
 * @param users how many users are invented
 * @param exit whether it ends after the proof, instead of going on until it is interrupted
 * @param measure for how long the foreground is measured before the rotation
 * @param folder where the run's own folder is made
 * @param scenario what happens to the keys
 */
record DemoOptions(DatabaseChoice database, int users, boolean exit, Duration measure, Path folder, Scenario scenario) {

    static final String DATABASE = "demo.database";
    static final String USERS = "demo.users";
    static final String EXIT = "demo.exit";
    static final String USER = "demo.user";
    static final String PASSWORD = "demo.password";
    static final String MEASURE = "demo.measure";
    static final String FOLDER = "demo.folder";
    static final String SCENARIO = "demo.scenario";

    private static final List<String> ALL = List.of(DATABASE, USERS, EXIT, USER, PASSWORD, MEASURE, FOLDER, SCENARIO);
    private static final int FEWEST_USERS = 100;
    private static final int MOST_USERS = 10_000_000;
    private static final int LONGEST_MEASURE = 3_600;
    private static final List<String> SUPPORTED_URLS = List.of("jdbc:postgresql:", "jdbc:h2:");

    /**
     * Reads the options; one that is absent or empty has its default.
     *
     * @throws BadOptionException for the first that can't be used
     */
    static DemoOptions from(Properties properties) {
        requireKnown(properties);
        return new DemoOptions(
                database(properties),
                number(properties, USERS, 20_000, FEWEST_USERS, MOST_USERS),
                exit(properties),
                Duration.ofSeconds(number(properties, MEASURE, 5, 1, LONGEST_MEASURE)),
                Path.of(text(properties, FOLDER).orElse(System.getProperty("java.io.tmpdir"))),
                scenario(properties));
    }

    private static void requireKnown(Properties properties) {
        for (String option : properties.stringPropertyNames()) {
            if (option.startsWith("demo.") && !ALL.contains(option)) {
                throw new BadOptionException(
                        option, "…", "there is no such option; there are " + String.join(", ", ALL));
            }
        }
    }

    private static DatabaseChoice database(Properties properties) {
        String value = text(properties, DATABASE).orElse("h2");
        if (SUPPORTED_URLS.stream().anyMatch(value::startsWith)) {
            return new DatabaseChoice.Url(value, text(properties, USER), text(properties, PASSWORD));
        }
        for (String option : List.of(USER, PASSWORD)) {
            if (text(properties, option).isPresent()) {
                throw new BadOptionException(option, "…", "it goes with -D" + DATABASE + "=jdbc:… only");
            }
        }
        return switch (value) {
            case "h2" -> new DatabaseChoice.H2();
            case "postgres" -> new DatabaseChoice.Postgres();
            default ->
                throw new BadOptionException(
                        DATABASE,
                        value.split("[?;]", 2)[0],
                        "use h2, postgres, or a URL that starts with " + String.join(" or ", SUPPORTED_URLS));
        };
    }

    private static Scenario scenario(Properties properties) {
        String value = text(properties, SCENARIO).orElse("rotation");
        return switch (value) {
            case "rotation" -> Scenario.ROTATION;
            case "emergency" -> Scenario.EMERGENCY;
            default -> throw new BadOptionException(SCENARIO, value, "use rotation or emergency");
        };
    }

    private static boolean exit(Properties properties) {
        String value = text(properties, EXIT).orElse("false");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadOptionException(EXIT, value, "use true or false");
        };
    }

    private static int number(Properties properties, String option, int otherwise, int least, int most) {
        String value = text(properties, option).orElse(Integer.toString(otherwise));
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // the same remedy as for a number out of bounds
        }
        throw new BadOptionException(option, value, "use a whole number from " + least + " to " + most);
    }

    private static Optional<String> text(Properties properties, String option) {
        return Optional.ofNullable(properties.getProperty(option))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }
}
