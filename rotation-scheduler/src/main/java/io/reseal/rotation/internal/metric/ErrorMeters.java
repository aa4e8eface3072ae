package io.reseal.rotation.internal.metric;

import io.micrometer.core.instrument.Tags;
import io.reseal.keys.Indicator;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import java.util.List;
import java.util.stream.Stream;

/** What meters tell of trouble, by its cause, and of the alerts about it. */
final class ErrorMeters {

    /** Why values were left as they are; what else there is counts as other. */
    private static final List<String> CAUSES = List.of(
            "TamperedValueException", "UnknownKeyException", "PlaintextValueException", "UndecodableValueException");

    private ErrorMeters() {}

    static void register(Meters meters) {
        for (Indicator indicator : Indicator.values()) {
            meters.gauge(
                    "reseal.errors.last.hour",
                    "What nodes met within the last hour that may point to a compromise or to trouble",
                    Tags.of("cause", Meters.tag(indicator)),
                    all -> all.count("errors", "", indicator.name()));
        }
        for (String cause : CAUSES) {
            meters.gauge(
                    "reseal.quarantine",
                    "Values that runs left as they are",
                    Tags.of("cause", cause),
                    all -> all.count("quarantine", "", cause));
        }
        meters.gauge(
                "reseal.quarantine",
                "Values that runs left as they are",
                Tags.of("cause", "other"),
                all -> all.total("quarantine")
                        - CAUSES.stream()
                                .mapToDouble(cause -> all.count("quarantine", "", cause))
                                .sum());
        for (AlertSeverity severity : AlertSeverity.values()) {
            Tags tags = Tags.of("severity", Meters.tag(severity));
            meters.gauge("reseal.alerts", "Open alerts", tags, all -> all.total("alerts", severity.name()));
            meters.gauge(
                    "reseal.alerts.unacknowledged",
                    "Open alerts that nobody has taken on",
                    tags,
                    all -> all.count("alerts.waiting", severity.name(), ""));
        }
        for (AlertKind kind : AlertKind.values()) {
            meters.gauge(
                    "reseal.alerts.by.kind",
                    "Open alerts of a kind",
                    Tags.of("kind", Meters.tag(kind)),
                    all -> Stream.of(AlertSeverity.values())
                            .mapToDouble(severity -> all.count("alerts", severity.name(), kind.name()))
                            .sum());
        }
    }
}
