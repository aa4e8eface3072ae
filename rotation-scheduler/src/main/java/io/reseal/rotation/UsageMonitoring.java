package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyOperations;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.usage.Reencryptions;
import io.reseal.rotation.internal.usage.UsageFinder;
import io.reseal.rotation.internal.usage.UsagePicture;
import io.reseal.rotation.usage.UsageFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Whether keys are used as they usually are, and as they may be: the work of the task {@code key_usage_monitoring}. Safe for use by several
 * threads, and by several processes at once.
 */
public final class UsageMonitoring {

    /** What a look finds again or finds to be over; what may be an attack stays until somebody has seen it. */
    private static final Set<AlertKind> LASTING =
            Set.of(AlertKind.UNUSED_KEY, AlertKind.USAGE_CHANGED, AlertKind.USAGE_LIMIT_NEAR);

    private static final int NODES = 3;
    private static final String LAST = ", the last until ";

    private final KeyRegistry keys;
    private final PoliciesInForce policies;
    private final Around around;

    /** What it looks at beside the keys, and whom it tells. */
    record Around(Function<Instant, Reencryptions> reencryptions, Alerts alerts, Clocks clocks, Duration lease) {}

    UsageMonitoring(KeyRegistry keys, PoliciesInForce policies, Around around) {
        this.keys = keys;
        this.policies = policies;
        this.around = around;
    }

    private record Told(AlertKind kind, AlertSubject subject) {}

    /**
     * Judges the hours of the last three days by the same hours of the six weeks before, and looks at keys that are not used, that are used
     * although they are retired, or nearly used up. Raises an alert for what is new, and ends those about what is over. To be called
     * every eight hours; as many nodes as like may do so.
     *
     * @return everything that was found, also what alerts tell of already, and what could not be judged
     * @throws io.reseal.KeyStoreUnavailableException if the key store does not answer; call again
     */
    public List<UsageFinding> look() {
        List<Alert> before = around.alerts().open();
        Instant now = around.clocks().earlier();
        List<UsageFinding> found = new UsageFinder(picture(now)).find();
        Map<Told, List<UsageFinding>> alarming = found.stream()
                .filter(finding -> finding.what().alert().isPresent())
                .collect(Collectors.groupingBy(
                        finding -> new Told(finding.what().alert().orElseThrow(), finding.subject())));
        List<Alert> earlier = around.alerts().since(UsagePicture.from(now));
        alarming.forEach((about, findings) -> tell(about, findings, earlier));
        before.stream()
                .filter(alert -> LASTING.contains(alert.kind()))
                .filter(alert -> !alarming.containsKey(new Told(alert.kind(), alert.subject())))
                .forEach(around.alerts()::end);
        return found;
    }

    private UsagePicture picture(Instant now) {
        Instant from = UsagePicture.from(now);
        var versions = new UsagePicture.Keys(keys.refresh().versions(), policies::of, around.lease());
        return new UsagePicture(
                now,
                versions,
                keys.hours(from),
                keys.usage(),
                around.reencryptions().apply(from));
    }

    private void tell(Told about, List<UsageFinding> findings, List<Alert> earlier) {
        UsageFinding foremost = Collections.max(findings, Comparator.comparingDouble(UsageMonitoring::excess));
        if (LASTING.contains(about.kind())) {
            Alert unused = around.alerts().raise(about.kind(), about.subject(), foremost.evidence());
        } else {
            tellOnce(about, foremost, hours(findings), earlier);
        }
    }

    private static String hours(List<UsageFinding> findings) {
        Instant last = findings.stream()
                .map(UsageFinding::to)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        return "; hours like this: " + findings.size() + LAST + last;
    }

    /** Of each hour: an alert that a person has taken on, or ended, comes again with a later hour only. */
    private void tellOnce(Told about, UsageFinding foremost, String hours, List<Alert> earlier) {
        String last = hours.substring(hours.indexOf(LAST));
        boolean isTold = earlier.stream()
                .filter(alert -> alert.kind() == about.kind() && alert.subject().equals(about.subject()))
                .anyMatch(alert -> alert.evidence().endsWith(last));
        if (!isTold) {
            Alert unused =
                    around.alerts().raise(about.kind(), about.subject(), foremost.evidence() + nodes(foremost) + hours);
        }
    }

    private static double excess(UsageFinding finding) {
        return Math.abs(Math.log((finding.observed() + 1.0) / (finding.threshold() + 1.0)));
    }

    /** Who did most of it. */
    private String nodes(UsageFinding finding) {
        return keys.operations(finding.from()).stream()
                .filter(done -> Optional.of(done.direction()).equals(finding.direction()))
                .filter(done -> done.hour().equals(finding.from()) && isAbout(finding.subject(), done.key()))
                .sorted(Comparator.comparingLong(KeyOperations::operations).reversed())
                .limit(NODES)
                .map(done -> "; " + done.operations() + " of " + done.key() + " by node " + done.node())
                .collect(Collectors.joining());
    }

    private static boolean isAbout(AlertSubject subject, KeyId key) {
        return subject.equals(AlertSubject.key(key)) || subject.equals(AlertSubject.keyType(key.type()));
    }
}
