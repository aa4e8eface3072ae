package io.reseal.rotation.internal.usage;

import io.reseal.keys.Direction;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Judges the last hours in which the keys of one type were used in one direction. */
final class Anomalies {

    private final KeyType type;
    private final Direction direction;
    private final Series series;
    private final List<UsageFinding> found = new ArrayList<>();
    private final List<Long> withoutHistory = new ArrayList<>();
    private final List<Long> unknown = new ArrayList<>();
    private int weeks = UsageRules.LEAST_WEEKS;

    Anomalies(KeyType type, Direction direction, Series series) {
        this.type = type;
        this.direction = direction;
        this.series = series;
    }

    /** Day by day, so that an hour is judged by the same history whenever it is looked at. */
    List<UsageFinding> between(long first, long end) {
        for (long day = first; day < end; day += 24) {
            Baseline baseline = new Baseline(series, day);
            LongStream.range(Math.max(day, series.first()), Math.min(day + 24, end))
                    .forEach(hour -> judge(hour, baseline));
        }
        add(What.NOT_ENOUGH_HISTORY, withoutHistory, weeks, UsageRules.LEAST_WEEKS, "weeks of history");
        add(What.REENCRYPTING, unknown, unknown.size(), 0, "hours of re-encryption");
        return found;
    }

    private void judge(long hour, Baseline baseline) {
        OptionalLong operations = series.at(hour);
        if (operations.isEmpty()) {
            unknown.add(hour);
        } else if (!baseline.isKnown(hour)) {
            withoutHistory.add(hour);
            weeks = Math.min(weeks, baseline.weeks(hour));
        } else {
            compare(hour, operations.getAsLong(), baseline);
        }
    }

    private void compare(long hour, long operations, Baseline baseline) {
        Bound most = baseline.most(hour);
        Bound least = baseline.least(hour);
        if (operations > most.limit()) {
            found.add(finding(What.HIGH_USAGE, hour, operations, most));
        } else if (operations < least.limit()) {
            found.add(finding(What.LOW_USAGE, hour, operations, least));
        }
    }

    private UsageFinding finding(What what, long hour, long operations, Bound bound) {
        return new UsageFinding(
                what,
                AlertSubject.keyType(type),
                Optional.of(direction),
                Series.instant(hour),
                Series.instant(hour + 1),
                operations,
                OptionalLong.of(bound.usual()),
                bound.limit(),
                Unit.of(direction));
    }

    private void add(What what, List<Long> hours, long observed, long threshold, String unit) {
        if (!hours.isEmpty()) {
            found.add(new UsageFinding(
                    what,
                    AlertSubject.keyType(type),
                    Optional.of(direction),
                    Series.instant(hours.get(0)),
                    Series.instant(hours.get(hours.size() - 1) + 1),
                    observed,
                    OptionalLong.empty(),
                    threshold,
                    unit));
        }
    }
}
