package io.reseal.rotation.internal.usage;

import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;

/**
 * What is known of how keys are used.
 *
 * @param hours from {@link #from} on
 * @param usage of all time
 */
public record UsagePicture(
        Instant now, Keys keys, List<KeyHour> hours, List<KeyUsage> usage, Reencryptions reencryptions) {

    /**
     * The keys.
     *
     * @param lease for how long a node may go on to seal under a key that it does not know to be retired
     */
    public record Keys(List<KeyVersion> versions, Function<KeyType, KeyPolicy> policies, Duration lease) {

        public Keys {
            versions = List.copyOf(versions);
        }

        KeyPolicy policy(KeyVersion version) {
            return policies.apply(version.type());
        }
    }

    public UsagePicture {
        hours = List.copyOf(hours);
        usage = List.copyOf(usage);
    }

    /** From when on hours are looked at: the weeks before the first hour that is judged. */
    public static Instant from(Instant now) {
        return day(now.minus(UsageRules.JUDGED)).minus(UsageRules.UNUSED);
    }

    private static Instant day(Instant moment) {
        return moment.truncatedTo(ChronoUnit.DAYS);
    }

    /** The first hour that is judged. */
    long first() {
        return Series.number(day(now.minus(UsageRules.JUDGED)));
    }

    /** The first hour that is not complete. */
    long end() {
        return Series.number(now.minus(UsageRules.LATENESS));
    }

    boolean isJudged(KeyHour hour) {
        long number = Series.number(hour.hour());
        return number >= first() && number < end();
    }
}
