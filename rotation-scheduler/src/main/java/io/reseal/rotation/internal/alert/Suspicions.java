package io.reseal.rotation.internal.alert;

import io.reseal.keys.Indication;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which alerts follow from what nodes met, each sign by itself. */
final class Suspicions {

    private static final int NAMED = 5;
    private static final Comparator<About> ORDER = Comparator.comparing(About::kind)
            .thenComparing(about -> about.subject().sort())
            .thenComparing(about -> about.subject().name());

    private Suspicions() {}

    private record About(AlertKind kind, AlertSubject subject) {}

    /** In an order that is always the same, so that two who raise them wait for each other and not both. */
    static List<Sighting> of(List<Indication> met) {
        Map<About, List<Indication>> grouped = met.stream()
                .collect(Collectors.groupingBy(Suspicions::about, () -> new TreeMap<>(ORDER), Collectors.toList()));
        return grouped.entrySet().stream()
                .map(entry -> new Sighting(
                        entry.getKey().kind(),
                        entry.getKey().subject(),
                        evidence(entry.getValue()),
                        times(entry.getValue())))
                .toList();
    }

    static long times(List<Indication> met) {
        return met.stream().mapToLong(Indication::times).sum();
    }

    /** Beyond a number of keys they are counted together: then it is about the column. */
    private static About about(Indication met) {
        AlertSubject key = met.key().isEmpty() ? subject(met) : new AlertSubject(AlertSubject.Sort.KEY, met.key());
        return switch (met.indicator()) {
            case TAMPERED_VALUE -> new About(AlertKind.TAMPERED_VALUE, subject(met));
            case PLAINTEXT_VALUE -> new About(AlertKind.PLAINTEXT_VALUE, subject(met));
            case UNKNOWN_KEY -> new About(AlertKind.UNKNOWN_KEY, subject(met));
            case SUSPENDED_KEY -> new About(AlertKind.SUSPENDED_KEY_USED, key);
            case PENDING_DESTROY_KEY -> new About(AlertKind.PENDING_DESTROY_KEY_USED, key);
            case DESTROYED_KEY -> new About(AlertKind.DESTROYED_KEY_USED, key);
            case COMPROMISED_KEY -> new About(AlertKind.COMPROMISED_KEY_USED, key);
            case REFUSED_COMPROMISED_KEY -> new About(AlertKind.COMPROMISED_KEY_REFUSED, key);
            case KEY_STORE_TAMPERED -> new About(AlertKind.KEY_STORE_TAMPERED, AlertSubject.keyStore());
            case KEY_STORE_ROLLED_BACK -> new About(AlertKind.KEY_STORE_ROLLED_BACK, AlertSubject.keyStore());
            case KEY_STORE_UNAVAILABLE -> new About(AlertKind.KEY_STORE_UNAVAILABLE, AlertSubject.keyStore());
            case ANCHOR_UNAVAILABLE -> new About(AlertKind.ANCHOR_UNAVAILABLE, subject(met));
            case CLOCK_BEHIND -> new About(AlertKind.CLOCK_BEHIND, subject(met));
        };
    }

    private static AlertSubject subject(Indication met) {
        return met.column().isEmpty() ? AlertSubject.node(met.node()) : AlertSubject.column(met.column());
    }

    /** For example {@code 7 times in the minutes from … to …; columns: t.c; keys: …; nodes: 12@host}. */
    static String evidence(List<Indication> met) {
        Instant first = met.stream()
                .map(Indication::minute)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Instant last = met.stream()
                .map(Indication::minute)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        String when = first.equals(last) ? "in the minute of " + first : "in the minutes from " + first + " to " + last;
        return times(met) + " times " + when + named("columns", met, Indication::column)
                + named("keys", met, Indication::key) + named("nodes", met, Indication::node);
    }

    private static String named(String what, List<Indication> met, Function<Indication, String> name) {
        List<String> names = met.stream()
                .map(name)
                .filter(text -> !text.isEmpty())
                .distinct()
                .sorted()
                .toList();
        if (names.isEmpty()) {
            return "";
        }
        String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        return "; " + what + ": " + String.join(", ", names.subList(0, Math.min(NAMED, names.size()))) + more;
    }
}
