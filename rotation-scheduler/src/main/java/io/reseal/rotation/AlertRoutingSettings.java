package io.reseal.rotation;

import io.reseal.rotation.AlertRouting.Level;
import io.reseal.rotation.AlertRouting.Retries;
import io.reseal.rotation.AlertRouting.Route;
import io.reseal.rotation.AlertRouting.WeekTime;
import io.reseal.rotation.internal.notify.ChannelSettings;
import io.reseal.rotation.internal.notify.LogChannel;
import io.reseal.rotation.internal.notify.MailChannel;
import io.reseal.rotation.internal.setting.SettingReader;
import io.reseal.rotation.spi.AlertChannel;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads who is told of what: contacts are lists of channels, levels and routes are lists of contacts. */
final class AlertRoutingSettings {

    private static final String ALERTS = "reseal.alerts.";
    private static final String CONTACTS = "reseal.contacts.";
    private static final String LEVEL = ALERTS + "level.";
    private static final String WARNING = ALERTS + "warning";
    private static final String INFORMATION = ALERTS + "information";
    private static final String DIGEST = ALERTS + "digest";
    private static final String ATTEMPTS = ALERTS + "attempts";
    private static final String PAUSE = ALERTS + "pause";

    private static final String OPERATIONS = "operations";
    private static final int DEFAULT_ATTEMPTS = 8;
    private static final int MOST_ATTEMPTS = 100;
    private static final int MAX_RECIPIENTS = 4_000;
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(30);

    /** Whoever the procedures name, in the organisation and outside; an application may add others by naming them in a route. */
    private static final Set<String> KNOWN = Set.of(
            OPERATIONS,
            "security",
            "incident-response",
            "executive",
            "cloud-provider",
            "key-management-service",
            "legal",
            "regulator");

    private static final List<LevelDefault> LEVELS = List.of(
            new LevelDefault(OPERATIONS, Duration.ZERO),
            new LevelDefault("security", Duration.ofMinutes(15)),
            new LevelDefault("incident-response", Duration.ofMinutes(30)),
            new LevelDefault("executive", Duration.ofHours(1)));

    private final SettingReader settings;
    private final List<AlertChannel> channels;
    private final Set<String> names;
    private final Set<String> routed = new TreeSet<>();

    private record LevelDefault(String contact, Duration after) {}

    AlertRoutingSettings(Map<String, ?> settings, InstantSource clock) {
        this.settings = new SettingReader(settings);
        this.channels = new ChannelSettings(this.settings, clock).channels();
        this.names = channels.stream().map(AlertChannel::name).collect(Collectors.toUnmodifiableSet());
    }

    AlertRouting read() {
        AlertRouting routing = new AlertRouting(
                channels,
                levels(),
                route(WARNING, OPERATIONS),
                route(INFORMATION, OPERATIONS),
                digest(),
                new Retries(settings.number(ATTEMPTS, DEFAULT_ATTEMPTS, 1, MOST_ATTEMPTS), pause()),
                contacts());
        settings.refuseOthers(ALERTS, CONTACTS);
        return routing;
    }

    private Duration pause() {
        Duration pause = settings.duration(PAUSE, DEFAULT_PAUSE);
        if (pause.isZero()) {
            throw SettingReader.invalid(PAUSE, pause, "it must be positive");
        }
        return pause;
    }

    private List<Level> levels() {
        List<Level> levels = new ArrayList<>();
        Duration earlier = Duration.ZERO;
        for (int i = 0; i < LEVELS.size(); i++) {
            String name = LEVEL + (i + 1);
            Duration after = settings.duration(name + ".after", LEVELS.get(i).after());
            if (after.compareTo(earlier) < 0) {
                throw SettingReader.invalid(
                        name + ".after", after, "it must not be shorter than that of the level before, " + earlier);
            }
            levels.add(new Level(i + 1, after, route(name, LEVELS.get(i).contact())));
            earlier = after;
        }
        return levels;
    }

    private Route route(String setting, String otherwise) {
        Map<String, Set<String>> all = new TreeMap<>();
        for (String contact : settings.list(setting, otherwise)) {
            routed.add(contact);
            for (String target : targets(setting, contact)) {
                String[] parts = target.split(":", 2);
                Set<String> recipients = all.computeIfAbsent(parts[0].strip(), channel -> new LinkedHashSet<>());
                if (parts.length > 1) {
                    recipients.add(parts[1].strip());
                }
            }
        }
        return new Route(fitting(setting, all));
    }

    private static Map<String, List<String>> fitting(String setting, Map<String, Set<String>> all) {
        Map<String, List<String>> fitting = new TreeMap<>();
        all.forEach((channel, recipients) -> {
            if (String.join(",", recipients).length() > MAX_RECIPIENTS) {
                throw SettingReader.unusable(
                        setting,
                        "leads to more addresses on " + channel + " than " + MAX_RECIPIENTS
                                + " characters hold: use an address that stands for the team");
            }
            fitting.put(channel, List.copyOf(recipients));
        });
        return fitting;
    }

    private List<String> targets(String setting, String contact) {
        if (!KNOWN.contains(contact) && settings.text(CONTACTS + contact).isEmpty()) {
            throw SettingReader.unusable(
                    setting, "names the contact " + contact + ", which is not there: add " + CONTACTS + contact);
        }
        List<String> targets = settings.list(CONTACTS + contact, LogChannel.NAME);
        targets.forEach(target -> requireUsable(CONTACTS + contact, target));
        return targets;
    }

    private void requireUsable(String setting, String target) {
        String[] parts = target.split(":", 2);
        String channel = parts[0].strip();
        if (!names.contains(channel)) {
            throw SettingReader.unusable(
                    setting,
                    "names the channel " + channel + ", which is not there: use one of " + new TreeSet<>(names)
                            + ", or configure it");
        }
        String recipient = parts.length > 1 ? parts[1].strip() : "";
        if (channel.equals(MailChannel.NAME) && !MailChannel.isAddress(recipient)) {
            throw SettingReader.invalid(
                    setting, target, "use mail: and one address, for example mail:team@example.com");
        }
    }

    private Map<String, List<String>> contacts() {
        Set<String> all = new TreeSet<>(KNOWN);
        all.addAll(routed);
        return all.stream()
                .filter(contact -> settings.text(CONTACTS + contact).isPresent())
                .collect(Collectors.toMap(contact -> contact, contact -> targets(CONTACTS + contact, contact)));
    }

    /** For example {@code MONDAY 06:00}. */
    private WeekTime digest() {
        String value = settings.text(DIGEST).orElse("MONDAY 06:00");
        try {
            String[] parts = value.toUpperCase(Locale.ROOT).split(" +", 2);
            return new WeekTime(DayOfWeek.valueOf(parts[0]), LocalTime.parse(parts.length > 1 ? parts[1] : ""));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw SettingReader.invalid(DIGEST, value, "use a day and a time in UTC, for example MONDAY 06:00");
        }
    }
}
