package io.reseal.rotation.internal.review;

import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyStoreStatus;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.Incident;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.QuarterlyReviews.PolicyChange;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.event.RotationEvent;
import io.reseal.rotation.maintenance.MaintenanceWindow;
import io.reseal.rotation.review.QuarterlyReview.Attested;
import io.reseal.rotation.review.QuarterlyReview.Item;
import io.reseal.rotation.review.QuarterlyReview.Line;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a machine can say about each item of a review. */
public final class ReviewChecks {

    private final KeyRotation rotation;
    private final ReviewStore store;
    private final ReviewSources sources;

    public ReviewChecks(KeyRotation rotation, ReviewStore store, ReviewSources sources) {
        this.rotation = rotation;
        this.store = store;
        this.sources = sources;
    }

    public List<Line> of(Item item, Quarter quarter, Instant now) {
        return switch (item) {
            case POLICIES -> policies(quarter);
            case ALGORITHMS -> algorithms();
            case DRILLS -> drills(quarter);
            case RISKS -> risks();
            case DOCUMENTS -> documents(quarter);
            case TRAINING -> TrainingCheck.lines(store.trainings(), LocalDate.ofInstant(now, ZoneOffset.UTC));
            case ACCESS -> access(quarter);
        };
    }

    private static Line good(String text) {
        return new Line(false, text);
    }

    private static Line bad(String text) {
        return new Line(true, text);
    }

    private List<Line> policies(Quarter quarter) {
        List<Line> lines = new ArrayList<>();
        rotation.keys().stream().map(KeyVersion::type).distinct().forEach(type -> lines.add(policy(type)));
        rotation.policies().waiting().forEach(one -> lines.add(bad(one)));
        List<PolicyChange> changes = sources.policyChanges(quarter.before().start());
        changes.forEach(change -> lines.add(bad(change.toString())));
        if (changes.isEmpty()) {
            lines.add(good("no policy has changed since " + quarter.before().start()));
        }
        return lines;
    }

    private Line policy(KeyType type) {
        KeyPolicy policy = rotation.policies().of(type);
        String text = type + ": every " + policy.interval().toDays() + " days, grace "
                + policy.grace().toDays() + " days, " + policy.approvals() + " people";
        Optional<KeyPolicy> recommended = KeyPolicies.standard().all().stream()
                .filter(standard -> standard.type().equals(type))
                .findFirst();
        List<String> weaker = recommended.map(policy::weakens).orElse(List.of());
        return weaker.isEmpty() ? good(text) : bad(text + "; other than recommended: " + String.join(", ", weaker));
    }

    private List<Line> algorithms() {
        List<Line> lines = new ArrayList<>();
        List<String> others = sources.otherFormats();
        others.forEach(other -> lines.add(bad(other + ", which is not known to be on the list")));
        lines.add(good(
                (sources.keys() - others.size()) + " keys are AES-256-GCM, which is on the list (NIST SP 800-38D)"));
        KeyStoreStatus status = rotation.status();
        lines.add(new Line(status.rollback() != KeyStoreStatus.Rollback.DETECTABLE, "key store: " + status.rollback()));
        status.problems().forEach(problem -> lines.add(bad("key store: " + problem)));
        return lines;
    }

    private List<Line> drills(Quarter quarter) {
        List<Line> lines = new ArrayList<>();
        Optional<Attested> last = store.last(Item.DRILLS);
        lines.add(last.map(one -> new Line(
                        Quarter.parse(one.quarter()).compareTo(quarter.before()) < 0,
                        "the last drill was attested for " + one.quarter() + " by " + one.by()))
                .orElseGet(() -> bad("no drill was ever attested")));
        List<String> channels = sources.channels(quarter.start());
        channels.forEach(channel -> lines.add(good(channel)));
        if (channels.isEmpty()) {
            lines.add(bad("no channel took a notice in this quarter: plan a maintenance window, which tests them"));
        }
        return lines;
    }

    private List<Line> risks() {
        List<Line> lines = new ArrayList<>();
        rotation.incidents().all().stream()
                .filter(Incident::isOpen)
                .forEach(incident -> lines.add(bad(incident.toString())));
        rotation.alerts().open().stream()
                .filter(alert -> alert.severity() != AlertSeverity.INFORMATION)
                .map(Alert::toString)
                .forEach(alert -> lines.add(bad(alert)));
        if (lines.isEmpty()) {
            lines.add(good("no incident is open, and no alert that is more than information"));
        }
        return lines;
    }

    private List<Line> documents(Quarter quarter) {
        Stream<Line> incidents = rotation.incidents().all().stream()
                .filter(incident -> isIn(quarter, incident.openedAt()))
                .map(incident -> bad("what was learnt from " + incident + "?"));
        Stream<Line> windows = rotation.maintenance().all().stream()
                .filter(window ->
                        isIn(quarter, window.plan().start()) && window.state() == MaintenanceWindow.State.FINDINGS)
                .map(window -> bad("what was learnt from " + window + "?"));
        List<RotationEvent> events = rotation.events().since(quarter.start());
        long failed = events.stream()
                .filter(event -> event.state() == EventState.FAILED)
                .count();
        Line rotations = new Line(failed > 0, events.size() + " rotations in this quarter, " + failed + " failed");
        return Stream.of(incidents, windows, Stream.of(rotations))
                .flatMap(lines -> lines)
                .toList();
    }

    private static boolean isIn(Quarter quarter, Instant moment) {
        return !moment.isBefore(quarter.start()) && moment.isBefore(quarter.end());
    }

    private List<Line> access(Quarter quarter) {
        List<Line> lines = sources.actors(quarter.start(), quarter.end()).stream()
                .map(ReviewChecks::good)
                .toList();
        return lines.isEmpty() ? List.of(good("nobody did anything that is on record")) : lines;
    }
}
