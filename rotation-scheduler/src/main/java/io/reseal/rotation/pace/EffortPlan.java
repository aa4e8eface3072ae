package io.reseal.rotation.pace;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How hard a run works at which time of day.
 *
 * @param otherwise the effort outside of all windows
 * @param windows the first open one decides
 */
public record EffortPlan(Effort otherwise, List<EffortWindow> windows) {

    private static final Pattern WINDOW = Pattern.compile("([A-Z]+) ([0-9:.]+)-([0-9:.]+) (\\S+)");
    private static final String SEPARATOR = "; ";
    private static final int MAX_LENGTH = 2_000;

    public EffortPlan {
        windows = List.copyOf(windows);
        int length = otherwise.name().length()
                + windows.stream()
                        .mapToInt(window -> window.toString().length() + SEPARATOR.length())
                        .sum();
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("The plan has " + windows.size()
                    + " windows: as text it must not be longer" + " than " + MAX_LENGTH + " characters");
        }
    }

    /** The same effort at all times. */
    public static EffortPlan always(Effort effort) {
        return new EffortPlan(effort, List.of());
    }

    /** This plan with one window more. */
    public EffortPlan with(Effort effort, LocalTime from, LocalTime until, ZoneId zone) {
        List<EffortWindow> more = new ArrayList<>(windows);
        more.add(new EffortWindow(from, until, zone, effort));
        return new EffortPlan(otherwise, more);
    }

    /** The effort at a moment. */
    public Effort at(Instant moment) {
        return windows.stream()
                .filter(window -> window.contains(moment))
                .map(EffortWindow::effort)
                .findFirst()
                .orElse(otherwise);
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws IllegalArgumentException if it is no plan
     */
    public static EffortPlan parse(String text) {
        List<String> parts = Arrays.asList(text.split(SEPARATOR, -1));
        try {
            return new EffortPlan(
                    Effort.valueOf(parts.get(0)),
                    parts.stream().skip(1).map(EffortPlan::window).toList());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no effort. Write it as 'GENTLE; FULL 01:00-05:00 Europe/Berlin'", e);
        }
    }

    private static EffortWindow window(String text) {
        Matcher parts = WINDOW.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no window");
        }
        return new EffortWindow(
                LocalTime.parse(parts.group(2)),
                LocalTime.parse(parts.group(3)),
                ZoneId.of(parts.group(4)),
                Effort.valueOf(parts.group(1)));
    }

    /** As {@code GENTLE; FULL 01:00-05:00 Europe/Berlin}. */
    @Override
    public String toString() {
        return Stream.concat(Stream.of(otherwise.name()), windows.stream().map(EffortWindow::toString))
                .collect(Collectors.joining(SEPARATOR));
    }
}
