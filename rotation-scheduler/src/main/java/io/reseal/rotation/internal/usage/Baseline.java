package io.reseal.rotation.internal.usage;

import java.util.OptionalLong;

/**
 * What is usual in each hour of a week, from the weeks before a moment. A median polish (Tukey, Exploratory Data Analysis, 1977): a number is the
 * hour's of the week, plus the week's level, plus noise. What is usual by the level of the last week passes, so that growth is no anomaly and a
 * step is one for half a week; and what is by the median level, so that a quiet week makes none of the next. What is usual an hour
 * earlier or later passes as well: the clocks of people are put forward and back, and this one is not.
 *
 * <p>To tell the noise, each number is compared with the others of its hour only, so that few weeks do not pass for little of it.
 */
final class Baseline {

    static final int HOURS = 7 * 24;

    private static final double BUSY = Bound.scaled(UsageRules.BUSY);
    private static final int ROUNDS = 2;
    /** From where on an hour has a noise of its own: six numbers by themselves say little about theirs. */
    private static final double RESTLESS = 1.5;

    private final long asOf;
    /** By week, the latest first, and hour; NaN where it is not known. */
    private final double[][] values = new double[UsageRules.WEEKS][HOURS];

    private final double[] hours = new double[HOURS];
    private final double[] levels = new double[UsageRules.WEEKS];
    private final double[] spreads = new double[HOURS];
    private final double noise;

    /** @param asOf the first hour that is to be judged; weeks begin at its hour of the week */
    Baseline(Series series, long asOf) {
        this.asOf = asOf;
        for (int week = 0; week < UsageRules.WEEKS; week++) {
            for (int hour = 0; hour < HOURS; hour++) {
                values[week][hour] = scaled(series.at(asOf - (week + 1L) * HOURS + hour));
            }
        }
        polish();
        this.noise = noise();
    }

    private static double scaled(OptionalLong operations) {
        return operations.isPresent() ? Bound.scaled(operations.getAsLong()) : Double.NaN;
    }

    private void polish() {
        for (int round = 0; round < ROUNDS; round++) {
            for (int hour = 0; hour < HOURS; hour++) {
                hours[hour] = others(hour, UsageRules.WEEKS).median();
            }
            for (int week = 0; week < UsageRules.WEEKS; week++) {
                levels[week] = level(week);
            }
        }
    }

    /** Zero if the week had no hour that says anything. */
    private double level(int week) {
        Sample sample = new Sample(HOURS);
        for (int hour = 0; hour < HOURS; hour++) {
            if (isBusy(hour)) {
                sample.add(values[week][hour] - hours[hour]);
            }
        }
        return sample.size() == 0 ? 0 : sample.median();
    }

    private boolean isBusy(int hour) {
        return hours[hour] >= BUSY;
    }

    /** An hour in each week but one, as if all weeks were alike. */
    private Sample others(int hour, int without) {
        Sample sample = new Sample(UsageRules.WEEKS);
        for (int week = 0; week < UsageRules.WEEKS; week++) {
            sample.add(week == without ? Double.NaN : levelled(week, hour));
        }
        return sample;
    }

    private double levelled(int week, int hour) {
        return values[week][hour] - levels[week];
    }

    /** Of all hours together; sets that of each hour. */
    private double noise() {
        Sample all = new Sample(UsageRules.WEEKS * HOURS);
        for (int hour = 0; hour < HOURS; hour++) {
            Sample own = new Sample(UsageRules.WEEKS);
            for (int week = 0; week < UsageRules.WEEKS; week++) {
                double deviation =
                        Math.abs(levelled(week, hour) - others(hour, week).median());
                own.add(deviation);
                all.add(isBusy(hour) ? deviation : Double.NaN);
            }
            spreads[hour] = own.median() / UsageRules.NORMAL;
        }
        return all.size() == 0 ? 0 : all.median() / UsageRules.NORMAL;
    }

    /** From how many weeks an hour is known. */
    int weeks(long hour) {
        return others(place(hour), UsageRules.WEEKS).size();
    }

    boolean isKnown(long hour) {
        return weeks(hour) >= UsageRules.LEAST_WEEKS;
    }

    /** How much may be done in an hour of the week that begins with the moment. */
    Bound most(long hour) {
        double level = Math.max(levels[0], usualLevel());
        double around = Math.max(near(hour, -1), near(hour, 1));
        return Bound.most(scaled(hour, level), Math.max(scaled(hour, level), around + level), spread(hour));
    }

    /** How little. */
    Bound least(long hour) {
        double level = Math.min(levels[0], usualLevel());
        double around = Math.min(near(hour, -1), near(hour, 1));
        return Bound.least(scaled(hour, level), Math.min(scaled(hour, level), around + level), spread(hour));
    }

    /** What is known of an hour beside another; if nothing is, that other says it all. */
    private double near(long hour, int distance) {
        double beside = hours[place(hour + distance)];
        return Double.isNaN(beside) ? hours[place(hour)] : beside;
    }

    private double scaled(long hour, double level) {
        return Math.max(0, hours[place(hour)] + level);
    }

    private double spread(long hour) {
        double own = spreads[place(hour)];
        return own > RESTLESS * noise ? own : noise;
    }

    private double usualLevel() {
        Sample all = new Sample(UsageRules.WEEKS);
        for (double level : levels) {
            all.add(level);
        }
        return all.median();
    }

    private int place(long hour) {
        return (int) Math.floorMod(hour - asOf, (long) HOURS);
    }
}
