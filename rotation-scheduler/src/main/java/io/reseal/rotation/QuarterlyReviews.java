package io.reseal.rotation;

import io.reseal.keys.AuditEntry;
import io.reseal.keys.AuditTrail;
import io.reseal.rotation.alert.Alert;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.internal.review.Quarter;
import io.reseal.rotation.internal.review.ReviewChecks;
import io.reseal.rotation.internal.review.ReviewDocument;
import io.reseal.rotation.internal.review.ReviewSources;
import io.reseal.rotation.internal.review.ReviewStore;
import io.reseal.rotation.review.QuarterlyReview;
import io.reseal.rotation.review.QuarterlyReview.Attested;
import io.reseal.rotation.review.QuarterlyReview.Item;
import io.reseal.rotation.review.QuarterlyReview.Line;
import io.reseal.rotation.review.Training;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at policies, algorithms, drills, risks, documents, training and access, once in each quarter: what a machine can check, and the word of a person
 * who was authenticated. What people attest is stored for good, and told to the audit log. Safe for use by several threads and processes.
 */
public final class QuarterlyReviews {

    private static final Duration AHEAD = Duration.ofDays(14);
    private static final int MAX_STATEMENT = 4_000;

    private final ReviewStore store;
    private final ReviewChecks checks;
    private final ReviewSources sources;
    private final Around around;

    /** Whom it tells, and by which clocks. */
    record Around(Alerts alerts, AuditTrail trail, Clocks clocks) {}

    QuarterlyReviews(ReviewStore store, ReviewChecks checks, ReviewSources sources, Around around) {
        this.store = store;
        this.checks = checks;
        this.sources = sources;
        this.around = around;
    }

    /**
     * That a term of a policy became another one.
     *
     * @param by who did it; {@code reseal} if it was configured and asked for no less
     * @param term for example {@code interval}
     */
    public record PolicyChange(
            Instant at, String by, String keyType, String term, String before, String after, String reason) {

        /** On one line. */
        @Override
        public String toString() {
            return at + ": " + term + " of " + keyType + " from " + before + " to " + after + " by " + by + " ("
                    + reason + ")";
        }
    }

    /** That of the present quarter. */
    public QuarterlyReview current() {
        return review(Quarter.of(now()));
    }

    /** That of each quarter since the first key was made, the present one included, oldest first. */
    public List<QuarterlyReview> all() {
        Quarter present = Quarter.of(now());
        List<QuarterlyReview> all = new ArrayList<>();
        Quarter first = sources.firstKey().map(Quarter::of).orElse(present);
        for (Quarter each = first; each.compareTo(present) <= 0; each = each.next()) {
            all.add(review(each));
        }
        return all;
    }

    private QuarterlyReview review(Quarter quarter) {
        return new QuarterlyReview(quarter.toString(), quarter.end(), store.of(quarter));
    }

    /** What a machine can say about an item now, for the present quarter; changes nothing. */
    public List<Line> check(Item item) {
        Instant now = now();
        return checks.of(item, Quarter.of(now), now);
    }

    /**
     * Attests an item, with what the checks find now; given again, it stands beside the one before.
     *
     * @param quarter the present one, or one that is overdue, for example {@code 2026-Q4}
     * @param statement what they found and decided; 4,000 characters at most
     * @throws IllegalArgumentException if the quarter has not begun, or is none
     * @throws io.reseal.KeyStoreUnavailableException if the audit log does not answer: nothing was changed
     */
    public QuarterlyReview attest(String quarter, Item item, Person by, String statement) {
        Quarter which = Quarter.parse(quarter);
        Instant now = now();
        if (which.start().isAfter(now)) {
            throw new IllegalArgumentException("The quarter " + quarter + " has not begun: attest " + Quarter.of(now));
        }
        if (statement.isBlank() || statement.length() > MAX_STATEMENT) {
            throw new IllegalArgumentException(
                    "An attestation needs a statement, of at most " + MAX_STATEMENT + " characters");
        }
        Attested attested = new Attested(quarter, item, by.toString(), now, statement, checks.of(item, which, now));
        AuditEntry entry = new AuditEntry(by.toString(), "attest-review", statement).telling(item.name());
        store.add(attested, () -> around.trail().did("review " + quarter, entry));
        return review(which);
    }

    /** The newest attestation of an item, of any quarter. */
    public Optional<Attested> last(Item item) {
        return store.last(item);
    }

    /** Every change of a policy since {@code since}, from the audit log, oldest first. */
    public List<PolicyChange> policyChanges(Instant since) {
        return sources.policyChanges(since);
    }

    /** Takes down that somebody was trained. */
    public void trained(Training training, Person by) {
        AuditEntry entry = new AuditEntry(by.toString(), "record-training", training.toString());
        store.add(training, by.toString(), now(), () -> around.trail().did("training", entry));
    }

    /** Everybody who was trained, in the order in which it was taken down. */
    public List<Training> trainings() {
        return store.trainings();
    }

    /**
     * Everything that is on record about a quarter's review.
     *
     * @throws IllegalArgumentException if it is no quarter
     */
    public WrittenRecord export(String quarter) {
        QuarterlyReview review = review(Quarter.parse(quarter));
        return new WrittenRecord(ReviewDocument.json(review), ReviewDocument.text(review));
    }

    /**
     * Reminds of what is missing: two weeks before a quarter ends, and from its end on until everything was attested. To be called once a minute, on
     * any number of nodes; the task {@code key_rotation_alerts} does.
     */
    public void look() {
        Instant now = now();
        all().forEach(review -> remind(review, now));
    }

    private void remind(QuarterlyReview review, Instant now) {
        boolean isMissing = !review.missing().isEmpty();
        boolean isOverdue = isMissing && !now.isBefore(review.due());
        boolean isDue = isMissing && !isOverdue && !now.isBefore(review.due().minus(AHEAD));
        set(AlertKind.REVIEW_DUE, review, isDue);
        set(AlertKind.REVIEW_OVERDUE, review, isOverdue);
    }

    private void set(AlertKind kind, QuarterlyReview review, boolean isToTell) {
        AlertSubject subject = AlertSubject.review(review.quarter());
        Optional<Alert> open = around.alerts().open(kind, subject);
        if (isToTell && open.isEmpty()) {
            String evidence = "to be complete by " + review.due() + "; nobody has attested " + review.missing();
            var unused = around.alerts().raise(kind, subject, evidence);
        } else if (!isToTell) {
            open.ifPresent(around.alerts()::end);
        }
    }

    private Instant now() {
        return around.clocks().stored();
    }
}
