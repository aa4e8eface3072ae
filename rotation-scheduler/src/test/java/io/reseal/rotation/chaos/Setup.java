package io.reseal.rotation.chaos;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.Random;

/**
 * What was asked for on the command line: {@code chaos.minutes}, of which fractions are allowed, {@code chaos.seed}, and
 * {@code chaos.freeze} in seconds.
 *
 * @param length of the whole run, at least
 * @param seed of every random choice
 * @param freezeSeconds how long everything that freezes stays so, if that was asked for
 */
record Setup(Duration length, long seed, OptionalInt freezeSeconds) {

    private static final String MINUTES = "chaos.minutes";
    private static final String SEED = "chaos.seed";
    private static final String FREEZE = "chaos.freeze";
    private static final Duration SHORT = Duration.ofMinutes(8);
    private static final Duration SHORT_ROUND = Duration.ofSeconds(45);
    private static final Duration LONG_ROUND = Duration.ofMinutes(3);
    private static final int SECONDS_PER_MINUTE = 60;

    static Setup fromSystemProperties() {
        double minutes = Double.parseDouble(System.getProperty(MINUTES, "20"));
        String seed = System.getProperty(SEED, "");
        String freeze = System.getProperty(FREEZE, "").trim();
        return new Setup(
                Duration.ofMillis(Math.round(minutes * SECONDS_PER_MINUTE * 1_000)),
                seed.isBlank() ? new Random().nextInt(1_000_000) : Long.parseLong(seed.trim()),
                freeze.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(freeze)));
    }

    boolean isShort() {
        return length.compareTo(SHORT) < 0;
    }

    /** From one check to the next. */
    Duration round() {
        Duration round = isShort() ? SHORT_ROUND : LONG_ROUND;
        return length.compareTo(round) < 0 ? length : round;
    }

    /** Beyond the leases of keys (one second) and ranges (two to four), and mostly beyond the engine's idle timeout. */
    Duration freeze(Step step) {
        if (freezeSeconds.isPresent()) {
            return Duration.ofSeconds(freezeSeconds.getAsInt());
        }
        return isShort() ? step.between(Duration.ofSeconds(6), Duration.ofSeconds(13)) : Duration.ofSeconds(60);
    }

    String command() {
        return "./mvnw -Pchaos -Dchaos.minutes=" + length.toMillis() / 1_000.0 / SECONDS_PER_MINUTE + " -Dchaos.seed="
                + seed + (freezeSeconds.isPresent() ? " -Dchaos.freeze=" + freezeSeconds.getAsInt() : "");
    }
}
