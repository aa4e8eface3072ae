package io.reseal.rotation.internal.review;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;

/** A quarter of a year, in UTC. */
public record Quarter(int year, int number) implements Comparable<Quarter> {

    private static final int MONTHS = 3;

    public static Quarter of(Instant moment) {
        ZonedDateTime time = moment.atZone(ZoneOffset.UTC);
        return new Quarter(time.getYear(), time.get(IsoFields.QUARTER_OF_YEAR));
    }

    /**
     * Reads {@link #toString}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Quarter parse(String text) {
        if (!text.matches("[0-9]{4}-Q[1-4]")) {
            throw new IllegalArgumentException("'" + text + "' is no quarter: they are written as 2026-Q4");
        }
        return new Quarter(Integer.parseInt(text.substring(0, 4)), text.charAt(6) - '0');
    }

    public Instant start() {
        return LocalDate.of(year, (number - 1) * MONTHS + 1, 1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    public Instant end() {
        return next().start();
    }

    public Quarter next() {
        return number == 4 ? new Quarter(year + 1, 1) : new Quarter(year, number + 1);
    }

    public Quarter before() {
        return number == 1 ? new Quarter(year - 1, 4) : new Quarter(year, number - 1);
    }

    @Override
    public int compareTo(Quarter other) {
        return start().compareTo(other.start());
    }

    /** For example {@code 2026-Q4}. */
    @Override
    public String toString() {
        return year + "-Q" + number;
    }
}
