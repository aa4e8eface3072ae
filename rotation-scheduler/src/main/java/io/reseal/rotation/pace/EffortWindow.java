package io.reseal.rotation.pace;

import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;

/**
 * A time of day at which a run works with an effort of its own.
 *
 * @param from the first moment
 * @param until the first moment after it; before {@code from} if the window spans midnight
 * @param zone whose clocks these are
 */
public record EffortWindow(LocalTime from, LocalTime until, ZoneId zone, Effort effort) {

    public EffortWindow {
        if (from.equals(until)) {
            throw new IllegalArgumentException(
                    "A window from " + from + " until " + until + " is empty: use two times");
        }
    }

    /** Whether the window is open. */
    public boolean contains(Instant moment) {
        LocalTime time = moment.atZone(zone).toLocalTime();
        boolean isAfterStart = !time.isBefore(from);
        boolean isBeforeEnd = time.isBefore(until);
        return from.isBefore(until) ? isAfterStart && isBeforeEnd : isAfterStart || isBeforeEnd;
    }

    /** As {@code FULL 01:00-05:00 Europe/Berlin}. */
    @Override
    public String toString() {
        return effort + " " + from + "-" + until + " " + zone;
    }
}
