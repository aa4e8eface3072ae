package io.reseal.rotation.internal.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.Direction;
import io.reseal.keys.KeyType;
import io.reseal.rotation.internal.usage.Traffic.Event;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Months of made-up usage with known events, judged as the task would. The figures are those of docs/usage-monitoring.md. */
class ReplayTest {

    private static final int HISTORY = UsageRules.WEEKS * Traffic.WEEK;
    private static final int JUDGED = 8 * Traffic.WEEK;
    private static final int ALL = HISTORY + JUDGED;

    /** How long a step is something new. */
    private static final int NEWS = 4 * 24 + 12;

    /** Alarms that are no further apart are one. */
    private static final int APART = 6;

    private static final List<Double> SIZES = List.of(50.0, 500.0, 5_000.0, 100_000.0);
    private static final List<Double> NOISES = List.of(0.05, 0.15, 0.3);
    private static final List<Double> GROWTHS = List.of(0.97, 1.05);

    /** What came of the events of a sort, and of alarms. */
    private static final class Tally {

        private final Map<String, int[]> events = new TreeMap<>();
        private int alarms;
        private int falseAlarms;
        private int hours;

        void event(String sort, boolean isFound) {
            int[] counts = events.computeIfAbsent(sort, any -> new int[2]);
            counts[0] += isFound ? 1 : 0;
            counts[1]++;
        }

        double recall(String sort) {
            int[] counts = events.getOrDefault(sort, new int[2]);
            return (double) counts[0] / counts[1];
        }

        double precision() {
            return 1 - (double) falseAlarms / alarms;
        }

        List<String> lines() {
            List<String> lines = new ArrayList<>();
            events.forEach((sort, counts) -> lines.add("| " + sort + " | " + counts[0] + " of " + counts[1] + " |"));
            lines.add("alarms " + alarms + ", false " + falseAlarms + ", in " + hours + " hours");
            return lines;
        }
    }

    @Test
    void findsWhatWasPlantedAndLittleElse() throws IOException {
        Tally high = new Tally();
        Tally low = new Tally();
        Random random = new Random(20261123);
        for (double size : SIZES) {
            for (double noise : NOISES) {
                for (double growth : GROWTHS) {
                    Traffic quiet = new Traffic(size, growth, noise, Integer.MAX_VALUE, List.of());
                    Traffic changing = new Traffic(size, growth, noise, HISTORY + 17 * 24, List.of());
                    judge(planted(quiet, random), random, high, low);
                    judge(changing, random, high, low);
                }
            }
        }
        Files.write(Path.of("target/usage-replay-high.txt"), high.lines());
        Files.write(Path.of("target/usage-replay-low.txt"), low.lines());
        assertThat(high.precision()).as("%s", high.lines()).isGreaterThan(0.95);
        assertThat(low.precision()).as("%s", low.lines()).isGreaterThan(0.85);
        for (double noise : NOISES) {
            assertThat(high.recall("spike x10 | noise " + noise))
                    .as("%s", high.lines())
                    .isGreaterThan(0.95);
            assertThat(high.recall("night | noise " + noise))
                    .as("%s", high.lines())
                    .isGreaterThan(0.95);
            assertThat(low.recall("outage | noise " + noise))
                    .as("%s", low.lines())
                    .isGreaterThan(0.95);
        }
        assertThat(high.recall("spike x3 | noise 0.05")).as("%s", high.lines()).isGreaterThan(0.9);
        assertThat(high.recall("step x2 | noise 0.05")).as("%s", high.lines()).isGreaterThan(0.9);
        assertThat(high.recall("spike x3 | noise 0.15")).as("%s", high.lines()).isGreaterThan(0.7);
        assertThat(high.recall("spike x10 | few")).as("%s", high.lines()).isGreaterThan(0.8);
    }

    /** An event of each sort, a week apart, at hours by chance. */
    private static Traffic planted(Traffic traffic, Random random) {
        int week = HISTORY;
        Traffic planted = traffic;
        for (double factor : new double[] {1.5, 2, 3, 10}) {
            planted = planted.with(new Event(
                    "spike x" + (factor == 1.5 ? "1.5" : (int) factor),
                    week + busy(random),
                    1 + random.nextInt(3),
                    factor,
                    0));
            week += Traffic.WEEK;
        }
        planted = planted.with(new Event("night", week + night(random), 2, 1, traffic.busiest()));
        week += Traffic.WEEK;
        planted = planted.with(new Event("outage", week + busy(random), 3, 0, 0));
        week += Traffic.WEEK;
        return planted.with(new Event("step x2", week + busy(random), ALL, 2, 0));
    }

    private static int busy(Random random) {
        return random.nextInt(5) * 24 + 11 + random.nextInt(6);
    }

    private static int night(Random random) {
        return random.nextInt(7) * 24 + 1 + random.nextInt(4);
    }

    private static void judge(Traffic traffic, Random random, Tally high, Tally low) {
        Series series = traffic.series(ALL, random);
        List<UsageFinding> found = new Anomalies(KeyType.DATABASE_ENCRYPTION, Direction.OPEN, series)
                .between(Traffic.number(HISTORY), Traffic.number(ALL));
        List<Event> up = traffic.events().stream().filter(e -> e.factor() >= 1).toList();
        List<Event> down = traffic.events().stream().filter(e -> e.factor() < 1).toList();
        judge(traffic, found, What.HIGH_USAGE, up, high);
        judge(traffic, found, What.LOW_USAGE, down, low);
    }

    private static void judge(Traffic traffic, List<UsageFinding> found, What what, List<Event> events, Tally tally) {
        List<Integer> hours = found.stream()
                .filter(finding -> finding.what() == what)
                .map(finding -> (int) (Series.number(finding.from()) - Traffic.number(0)))
                .toList();
        events.forEach(event ->
                tally.event(sort(traffic, event), hours.stream().anyMatch(hour -> isNews(event, hour))));
        int last = Integer.MIN_VALUE / 2;
        for (int hour : hours) {
            if (hour - last > APART) {
                tally.alarms++;
                tally.falseAlarms += events.stream().anyMatch(event -> isNews(event, hour)) ? 0 : 1;
            }
            last = hour;
        }
        tally.hours += JUDGED;
    }

    private static String sort(Traffic traffic, Event event) {
        String regime = traffic.busiest() < 100 ? "few" : "noise " + traffic.noise();
        return event.sort() + " | " + regime;
    }

    private static boolean isNews(Event event, int hour) {
        return event.holds(hour) && hour < event.from() + NEWS;
    }
}
