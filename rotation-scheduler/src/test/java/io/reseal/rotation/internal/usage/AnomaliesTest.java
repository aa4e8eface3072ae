package io.reseal.rotation.internal.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.Direction;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.usage.Traffic.Event;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.IntToLongFunction;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnomaliesTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final int WEEK = Traffic.WEEK;
    private static final int HISTORY = 6 * WEEK;
    private static final int NOON = HISTORY + 12;

    private final Random random = new Random(7);

    private static Series series(int hours, IntToLongFunction operations, LongPredicate isUnknown) {
        List<KeyHour> all = IntStream.range(0, hours)
                .filter(hour -> operations.applyAsLong(hour) > 0)
                .mapToObj(hour -> new KeyHour(
                        new KeyId(DB, 1),
                        Direction.OPEN,
                        Traffic.START.plus(Duration.ofHours(hour)),
                        operations.applyAsLong(hour)))
                .toList();
        return Series.of(all, Traffic.number(hours), isUnknown);
    }

    private static Series series(int hours, IntToLongFunction operations) {
        return series(hours, operations, hour -> false);
    }

    private static List<UsageFinding> judged(Series series, int from, int to) {
        return new Anomalies(DB, Direction.OPEN, series).between(Traffic.number(from), Traffic.number(to));
    }

    private static List<UsageFinding> only(List<UsageFinding> found, What what) {
        return found.stream().filter(finding -> finding.what() == what).toList();
    }

    /** No number differs from another: the median absolute deviation is zero. */
    @Test
    void usageThatNeverVariedMayVaryByAThird() {
        IntToLongFunction lessThanAThirdMore = hour -> hour == NOON ? 1_400 : 1_000;
        IntToLongFunction more = hour -> hour == NOON ? 1_450 : 1_000;
        assertThat(judged(series(HISTORY + 24, lessThanAThirdMore), HISTORY, HISTORY + 24))
                .isEmpty();
        assertThat(judged(series(HISTORY + 24, more), HISTORY, HISTORY + 24))
                .containsExactly(new UsageFinding(
                        What.HIGH_USAGE,
                        AlertSubject.keyType(DB),
                        Optional.of(Direction.OPEN),
                        Series.instant(Traffic.number(NOON)),
                        Series.instant(Traffic.number(NOON + 1)),
                        1_450,
                        OptionalLong.of(1_000),
                        1_419,
                        "values opened"));
    }

    @Test
    void threeInThePlaceOfOneAreNoAnomalyAndAHundredMoreAre() {
        for (int usual : new int[] {0, 1}) {
            IntToLongFunction few = hour -> hour == NOON ? usual + 99 : hour == 0 ? 1 : usual;
            IntToLongFunction many = hour -> hour == NOON ? usual + 100 : hour == 0 ? 1 : usual;
            assertThat(judged(series(HISTORY + 24, few), HISTORY, HISTORY + 24)).isEmpty();
            assertThat(only(judged(series(HISTORY + 24, many), HISTORY, HISTORY + 24), What.HIGH_USAGE))
                    .hasSize(1);
        }
    }

    @Test
    void anHourInWhichNothingIsDoneIsUnusuallyLowFromAHundredOn() {
        assertThat(only(
                        judged(series(HISTORY + 24, hour -> hour == NOON ? 0 : 100), HISTORY, HISTORY + 24),
                        What.LOW_USAGE))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.observed()).isZero();
                    assertThat(finding.usual()).hasValue(100);
                });
        assertThat(judged(series(HISTORY + 24, hour -> hour == NOON ? 0 : 99), HISTORY, HISTORY + 24))
                .isEmpty();
    }

    @Test
    void saysThatFourWeeksAreNeededUntilThereAreAsMany() {
        int almost = 4 * WEEK;
        Series series = series(almost + 24, hour -> hour < 12 ? 0 : hour == almost + 20 ? 9_000 : 500);
        List<UsageFinding> found = judged(series, almost, almost + 24);
        assertThat(only(found, What.HIGH_USAGE))
                .singleElement()
                .satisfies(high -> assertThat(high.from()).isEqualTo(Series.instant(Traffic.number(almost + 20))));
        assertThat(only(found, What.NOT_ENOUGH_HISTORY))
                .containsExactly(new UsageFinding(
                        What.NOT_ENOUGH_HISTORY,
                        AlertSubject.keyType(DB),
                        Optional.of(Direction.OPEN),
                        Series.instant(Traffic.number(almost)),
                        Series.instant(Traffic.number(almost + 12)),
                        3,
                        OptionalLong.empty(),
                        4,
                        "weeks of history"));
    }

    @Test
    void hoursOfAReencryptionAreNeitherJudgedNorRemembered() {
        LongPredicate reencrypting = hour -> hour == Traffic.number(NOON)
                || hour == Traffic.number(NOON - WEEK)
                || hour == Traffic.number(NOON - 2 * WEEK);
        Series series =
                series(HISTORY + 24, hour -> reencrypting.test(Traffic.number(hour)) ? 50_000 : 500, reencrypting);
        assertThat(judged(series, HISTORY, HISTORY + 24)).singleElement().satisfies(finding -> {
            assertThat(finding.what()).isEqualTo(What.REENCRYPTING);
            assertThat(finding.observed()).isEqualTo(1);
            assertThat(finding.from()).isEqualTo(Series.instant(Traffic.number(NOON)));
        });
        int next = HISTORY + WEEK;
        Series later = series(
                next + 24,
                hour -> reencrypting.test(Traffic.number(hour)) ? 50_000 : hour == NOON + WEEK ? 900 : 500,
                reencrypting);
        assertThat(only(judged(later, next, next + 24), What.NOT_ENOUGH_HISTORY))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.from()).isEqualTo(Series.instant(Traffic.number(NOON + WEEK))));
    }

    @Test
    void anHourBesideOneOfWhichNothingIsKnownIsJudgedByItself() {
        LongPredicate always = hour -> Math.floorMod(hour, 24) == 11 || Math.floorMod(hour, 24) == 13;
        assertThat(only(
                        judged(
                                series(HISTORY + 24, hour -> hour == NOON ? 1_400 : 1_000, always),
                                HISTORY,
                                HISTORY + 24),
                        What.HIGH_USAGE))
                .isEmpty();
        assertThat(only(
                        judged(series(HISTORY + 24, hour -> hour == NOON ? 720 : 1_000, always), HISTORY, HISTORY + 24),
                        What.LOW_USAGE))
                .isEmpty();
    }

    @Test
    void anHourIsJudgedTheSameWheneverItIsLookedAt() {
        Series series = Traffic.steady(1_000)
                .with(new Event("spike", HISTORY + 36, 2, 4, 0))
                .series(HISTORY + 72, random);
        List<UsageFinding> once = judged(series, HISTORY, HISTORY + 72);
        assertThat(only(once, What.HIGH_USAGE)).hasSize(2);
        assertThat(judged(series, HISTORY + 24, HISTORY + 72)).isEqualTo(once);
    }

    @Test
    void aStepIsUsualOnceItHasLastedForHalfAWeek() {
        int step = HISTORY + 12;
        Series series =
                Traffic.steady(5_000).with(new Event("step", step, 9_999, 3, 0)).series(HISTORY + 4 * WEEK, random);
        List<UsageFinding> high = only(judged(series, HISTORY, HISTORY + 4 * WEEK), What.HIGH_USAGE);
        assertThat(high.get(0).from()).isEqualTo(Series.instant(Traffic.number(step)));
        assertThat(high.get(high.size() - 1).to()).isBefore(Series.instant(Traffic.number(step + 4 * 24 + 12)));
        assertThat(only(judged(series, HISTORY, HISTORY + 4 * WEEK), What.LOW_USAGE))
                .isEmpty();
    }

    @Test
    void growthIsNoAnomaly() {
        Series series = new Traffic(2_000, 1.15, 0.1, Integer.MAX_VALUE, List.of()).series(HISTORY + 4 * WEEK, random);
        assertThat(judged(series, HISTORY, HISTORY + 4 * WEEK)).isEmpty();
    }

    @Test
    void whatReturnsAfterAWeekOfOutageIsNoAnomaly() {
        int back = HISTORY + WEEK;
        Series series = Traffic.steady(2_000)
                .with(new Event("outage", HISTORY, WEEK, 0, 0))
                .series(back + WEEK, random);
        assertThat(only(judged(series, back, back + WEEK), What.HIGH_USAGE)).isEmpty();
        assertThat(only(judged(series, HISTORY, back), What.LOW_USAGE)).isNotEmpty();
    }

    /** At seven, when everybody came at eight until last week. */
    @Test
    void whatIsUsualAnHourLaterIsNoAnomalyBecauseClocksArePutForward() {
        IntToLongFunction office = hour -> {
            int localHour = (hour + (hour < HISTORY ? 0 : 1)) % 24;
            return localHour >= 8 && localHour < 17 ? 2_000 : 5;
        };
        assertThat(judged(series(HISTORY + 72, office), HISTORY, HISTORY + 72)).isEmpty();
        IntToLongFunction early = hour -> hour == HISTORY + 6 || hour == HISTORY + 7 ? 2_000 : office.applyAsLong(hour);
        assertThat(only(judged(series(HISTORY + 24, early), HISTORY, HISTORY + 24), What.HIGH_USAGE))
                .singleElement()
                .satisfies(
                        finding -> assertThat(finding.from()).isEqualTo(Series.instant(Traffic.number(HISTORY + 6))));
    }

    /** A job on Monday at noon has much to do in one week and little in another; the hours beside it never vary. */
    @Test
    void anHourThatVariesMoreThanOthersHasANoiseOfItsOwn() {
        long[] jobs = {2_000, 9_000, 4_000, 20_000, 1_000, 6_000, 18_000};
        IntToLongFunction usage = hour -> hour % WEEK == 12 ? jobs[hour / WEEK] : 1_000;
        assertThat(judged(series(HISTORY + 24, usage), HISTORY, HISTORY + 24)).isEmpty();
    }

    /** Nor does it hide behind a wide bound. */
    @Test
    void anHourWithANoiseOfItsOwnIsUnusualBeyondThatNoise() {
        long[] jobs = {2_000, 9_000, 4_000, 20_000, 1_000, 6_000, 90_000_000};
        IntToLongFunction usage = hour -> hour % WEEK == 12 ? jobs[hour / WEEK] : 1_000;
        assertThat(judged(series(HISTORY + 24, usage), HISTORY, HISTORY + 24))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.what()).isEqualTo(What.HIGH_USAGE);
                    assertThat(finding.usual().orElseThrow()).isBetween(4_800L, 5_000L);
                    assertThat(finding.threshold()).isBetween(690_000L, 700_000L);
                });
    }

    @Test
    void oneWeekThatWasQuiteDifferentChangesNothingAboutWhatIsUsual() {
        IntToLongFunction usage = hour -> hour == NOON ? 1_450 : hour == NOON - 3 * WEEK ? 5_000_000 : 1_000;
        assertThat(judged(series(HISTORY + 24, usage), HISTORY, HISTORY + 24))
                .singleElement()
                .satisfies(finding -> assertThat(finding.usual()).hasValue(1_000));
    }

    @Test
    void aWeekAboveTheUsualMakesNoAnomalyOfTheNext() {
        int back = HISTORY + WEEK;
        Series series = Traffic.steady(5_000)
                .with(new Event("campaign", HISTORY, WEEK, 3, 0))
                .series(back + WEEK, random);
        assertThat(only(judged(series, HISTORY, back), What.HIGH_USAGE)).isNotEmpty();
        assertThat(only(judged(series, back, back + WEEK), What.LOW_USAGE)).isEmpty();
    }

    @Test
    void aStepDownIsUsualOnceItHasLastedForHalfAWeek() {
        int step = HISTORY + 12;
        Series series = Traffic.steady(5_000)
                .with(new Event("step", step, 9_999, 0.3, 0))
                .series(HISTORY + 4 * WEEK, random);
        List<UsageFinding> low = only(judged(series, HISTORY, HISTORY + 4 * WEEK), What.LOW_USAGE);
        assertThat(low.get(0).from()).isEqualTo(Series.instant(Traffic.number(step)));
        assertThat(low.get(low.size() - 1).to()).isBefore(Series.instant(Traffic.number(step + 4 * 24 + 12)));
    }

    /** At eight, when everybody comes at nine from this week on. */
    @Test
    void whatIsUsualAnHourEarlierIsNoAnomalyBecauseClocksArePutBack() {
        IntToLongFunction office = hour -> {
            int localHour = (hour + (hour < HISTORY ? 1 : 0)) % 24;
            return localHour >= 8 && localHour < 17 ? 2_000 : 5;
        };
        assertThat(judged(series(HISTORY + 72, office), HISTORY, HISTORY + 72)).isEmpty();
    }
}
