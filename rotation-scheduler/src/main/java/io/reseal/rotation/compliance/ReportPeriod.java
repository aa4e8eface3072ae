package io.reseal.rotation.compliance;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * What time a report is about.
 *
 * @param from the first moment
 * @param to the first moment after it
 */
public record ReportPeriod(Instant from, Instant to) {

    /** @throws IllegalArgumentException if it is empty */
    public ReportPeriod {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("The period from " + from + " to " + to
                    + " is empty: say the first moment, and the first one after it");
        }
    }

    /** A calendar month, in UTC. */
    public static ReportPeriod of(YearMonth month) {
        return new ReportPeriod(begin(month), begin(month.plusMonths(1)));
    }

    private static Instant begin(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** The calendar month, in UTC, that this is; empty if it is none. */
    public Optional<YearMonth> month() {
        YearMonth month = YearMonth.from(from.atZone(ZoneOffset.UTC));
        return Optional.of(month).filter(one -> of(one).equals(this));
    }

    /** Whether a moment is in it. */
    public boolean contains(Instant moment) {
        return !moment.isBefore(from) && moment.isBefore(to);
    }

    @Override
    public String toString() {
        return month().map(YearMonth::toString).orElseGet(() -> from + " to " + to);
    }
}
