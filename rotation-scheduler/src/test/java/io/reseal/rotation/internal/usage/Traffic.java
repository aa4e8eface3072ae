package io.reseal.rotation.internal.usage;

import io.reseal.keys.Direction;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Made-up usage, always the same for a seed: days and weeks with a rhythm, growth, noise, and events of known size.
 *
 * @param busiest operations in the busiest hour of the first week
 * @param growth by which factor usage grows in a week
 * @param noise standard deviation on the logarithmic scale
 * @param clocksChange the hour from which on everybody comes an hour earlier
 */
record Traffic(double busiest, double growth, double noise, int clocksChange, List<Event> events) {

    static final Instant START = Instant.parse("2026-01-05T00:00:00Z");
    static final int WEEK = 7 * 24;

    private static final KeyId KEY = new KeyId(KeyType.DATABASE_ENCRYPTION, 1);

    /** Something unusual: for some hours, usage is multiplied and added to. */
    record Event(String sort, int from, int hours, double factor, double more) {

        boolean holds(int hour) {
            return hour >= from && hour < from + hours;
        }
    }

    static Traffic steady(double busiest) {
        return new Traffic(busiest, 1, 0.1, Integer.MAX_VALUE, List.of());
    }

    Traffic with(Event event) {
        List<Event> more = new ArrayList<>(events);
        more.add(event);
        return new Traffic(busiest, growth, noise, clocksChange, more);
    }

    /** The busiest hour of the week is 1; nights and weekends are quiet. */
    static double rhythm(int hour) {
        Instant moment = START.plusSeconds(hour * 3600L);
        var time = moment.atOffset(ZoneOffset.UTC);
        double day = Math.exp(-Math.pow((time.getHour() - 14) / 4.5, 2)) + 0.02;
        boolean isWeekend = time.getDayOfWeek() == DayOfWeek.SATURDAY || time.getDayOfWeek() == DayOfWeek.SUNDAY;
        return (isWeekend ? 0.3 : 1) * day / 1.02;
    }

    long[] counts(int hours, Random random) {
        return IntStream.range(0, hours).mapToLong(hour -> count(hour, random)).toArray();
    }

    private long count(int hour, Random random) {
        double expected = busiest
                * rhythm(hour < clocksChange ? hour : hour + 1)
                * Math.pow(growth, (double) hour / WEEK)
                * Math.exp(noise * random.nextGaussian());
        for (Event event : events) {
            expected = event.holds(hour) ? expected * event.factor() + event.more() : expected;
        }
        return Math.max(0, Math.round(expected + Math.sqrt(expected) * random.nextGaussian()));
    }

    Series series(int hours, Random random) {
        long[] counts = counts(hours, random);
        List<KeyHour> all = IntStream.range(0, hours)
                .filter(hour -> counts[hour] > 0)
                .mapToObj(hour -> new KeyHour(KEY, Direction.OPEN, START.plusSeconds(hour * 3600L), counts[hour]))
                .toList();
        return Series.of(all, number(hours), hour -> false);
    }

    static long number(int hour) {
        return Series.number(START) + hour;
    }
}
