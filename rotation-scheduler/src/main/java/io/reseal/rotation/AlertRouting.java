package io.reseal.rotation;

import io.reseal.rotation.spi.AlertChannel;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;

/**
 * Who is told of what, when, and by which way. Holds no secret that it shows.
 *
 * @param channels the ways, each by a name of its own
 * @param levels of the escalation of critical alerts, the first one first
 * @param warning who is told of a warning, at once
 * @param information who is told once a week of what is for information
 * @param digest when in the week, in UTC
 * @param retries how often a notice is tried
 * @param contacts everybody that is configured, in and outside the organisation, by name
 */
public record AlertRouting(
        List<AlertChannel> channels,
        List<Level> levels,
        Route warning,
        Route information,
        WeekTime digest,
        Retries retries,
        Map<String, List<String>> contacts) {

    public AlertRouting {
        channels = List.copyOf(channels);
        levels = List.copyOf(levels);
        contacts = Map.copyOf(contacts);
    }

    /**
     * Reads {@code reseal.alerts.…} and {@code reseal.contacts.…}; without any, everybody is told by the log.
     *
     * @throws io.reseal.ResealConfigurationException if one is unusable or unknown; the message names it and the remedy, and no secret
     */
    public static AlertRouting from(Map<String, ?> settings) {
        return from(settings, Clock.systemUTC());
    }

    /** The same; {@code clock} dates signatures and mail. */
    static AlertRouting from(Map<String, ?> settings, Clock clock) {
        return new AlertRoutingSettings(settings, clock).read();
    }

    /**
     * Channels, and on each the addresses that the notice goes to; none where a channel knows by itself.
     *
     * @param recipients by the channel's name
     */
    public record Route(Map<String, List<String>> recipients) {

        public Route {
            recipients = Map.copyOf(recipients);
        }
    }

    /**
     * Who is told of a critical alert that nobody has acknowledged.
     *
     * @param number 1 to 4
     * @param after how long after the first level was told
     */
    public record Level(int number, Duration after, Route route) {}

    /**
     * How a notice that was not taken is tried again: after the pause, and after twice as long each time, an hour at most.
     *
     * @param attempts after which it is left for a person
     */
    public record Retries(int attempts, Duration pause) {

        private static final Duration LONGEST = Duration.ofHours(1);
        private static final int DOUBLINGS = 20;

        /** @param made how many attempts there were, one or more */
        Duration pauseAfter(int made) {
            Duration doubled = pause.multipliedBy(1L << Math.min(DOUBLINGS, made - 1));
            return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        }
    }

    /** A moment of each week, in UTC. */
    public record WeekTime(DayOfWeek day, LocalTime time) {

        /** The last one that is not after {@code moment}. */
        Instant before(Instant moment) {
            ZonedDateTime now = moment.atZone(ZoneOffset.UTC);
            ZonedDateTime last = now.with(TemporalAdjusters.previousOrSame(day)).with(time);
            return (last.isAfter(now) ? last.minusWeeks(1) : last).toInstant();
        }
    }
}
