package io.reseal.rotation.internal.alert;

import io.reseal.keys.Indication;
import io.reseal.keys.IndicatorRules;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds where more values failed to open within a window than the rules let pass: of a column over all nodes, or on a node. */
final class Bursts {

    private final IndicatorRules rules;

    Bursts(IndicatorRules rules) {
        this.rules = rules;
    }

    /**
     * The bursts that something new is part of.
     *
     * @param fresh failures that no alert tells of yet
     * @param all every failure from a window before the first of them
     */
    List<Sighting> of(List<Indication> fresh, List<Indication> all) {
        List<Sighting> bursts = new ArrayList<>();
        bursts.addAll(of(fresh, all, Indication::column, AlertSubject::column));
        bursts.addAll(of(fresh, all, Indication::node, AlertSubject::node));
        return bursts;
    }

    private List<Sighting> of(
            List<Indication> fresh,
            List<Indication> all,
            Function<Indication, String> name,
            Function<String, AlertSubject> subject) {
        Map<String, List<Indication>> news = grouped(fresh, name);
        Map<String, List<Indication>> every = grouped(all, name);
        List<Sighting> bursts = new ArrayList<>();
        news.forEach((place, some) -> {
            List<Indication> within = inBursts(every.getOrDefault(place, List.of()));
            Set<Instant> minutes = within.stream().map(Indication::minute).collect(Collectors.toSet());
            List<Indication> told =
                    some.stream().filter(met -> minutes.contains(met.minute())).toList();
            if (!told.isEmpty()) {
                bursts.add(new Sighting(
                        AlertKind.FAILED_OPENINGS,
                        subject.apply(place),
                        Suspicions.evidence(within) + "; by cause: " + causes(within),
                        Suspicions.times(told)));
            }
        });
        return bursts;
    }

    private static Map<String, List<Indication>> grouped(List<Indication> met, Function<Indication, String> name) {
        return met.stream().collect(Collectors.groupingBy(name, TreeMap::new, Collectors.toList()));
    }

    /** What lies in any window that has enough; a window ends with a minute in which something failed. */
    private List<Indication> inBursts(List<Indication> met) {
        return met.stream()
                .map(Indication::minute)
                .distinct()
                .map(end -> window(met, end))
                .filter(window -> Suspicions.times(window) >= rules.burst())
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    private List<Indication> window(List<Indication> met, Instant end) {
        Instant before = end.minus(rules.window());
        return met.stream()
                .filter(one -> one.minute().isAfter(before) && !one.minute().isAfter(end))
                .toList();
    }

    private static String causes(List<Indication> met) {
        return met.stream()
                .collect(Collectors.groupingBy(
                        Indication::indicator, TreeMap::new, Collectors.summingLong(Indication::times)))
                .toString();
    }
}
