package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether keys are replaced by policies, and kept where they can be restored. */
final class KeyControls {

    /** The manual warns from this share of the interval on. */
    static final int MAX_PERCENT = 125;

    /** A quarter: what the manual wants reviewed, it wants reviewed so often. */
    static final Duration QUARTER = Duration.ofDays(92);

    private KeyControls() {}

    static ControlFinding keyManagement(Facts facts) {
        Judgement judgement = AccessControls.judgement(
                        facts, Control.ISO_A_10_1_2, List.of(KeyEvidence.SQL, RecordEvidence.sql("policy")))
                .unknownIf(facts.keyTypes().isEmpty(), "there was no key in the period");
        for (String type : facts.keyTypes()) {
            Optional<RecordEvidence.Terms> policy =
                    Optional.ofNullable(facts.keys().policies().get(type));
            judgement.faultIf(policy.isEmpty(), type + " has keys and no policy on record");
            policy.ifPresent(terms -> judgement
                    .fact(type + ": at most " + percent(facts, type, terms) + " % of the interval of "
                            + terms.age().toDays() + " days")
                    .faults(faults(facts, type, terms)));
        }
        return judgement.finding("no key sealed for longer than " + MAX_PERCENT
                + " % of its interval, or more often than its policy allows");
    }

    private static List<String> faults(Facts facts, String type, RecordEvidence.Terms terms) {
        List<String> faults = new ArrayList<>();
        if (facts.keysOf(type).stream()
                .map(key -> key.greatestAge(facts.period()))
                .anyMatch(age -> isTooOld(age, terms))) {
            faults.add("a key of " + type + " sealed when it was at " + percent(facts, type, terms)
                    + " % of its interval");
        }
        facts.keysOf(type).stream()
                .filter(key -> key.isActiveAt(facts.now()) && key.reserved() > terms.usageLimit())
                .forEach(key -> faults.add(key.name() + " has " + key.reserved()
                        + " encryptions reserved, and its policy allows " + terms.usageLimit()));
        return faults;
    }

    private static boolean isTooOld(Duration age, RecordEvidence.Terms terms) {
        return age.multipliedBy(100).compareTo(terms.age().multipliedBy(MAX_PERCENT)) > 0;
    }

    /** The greatest share of the interval that a key of the type reached in the period. */
    static long percent(Facts facts, String type, RecordEvidence.Terms terms) {
        return facts.keysOf(type).stream()
                .mapToLong(key -> share(key.greatestAge(facts.period()), terms))
                .max()
                .orElse(0);
    }

    /** In percent. */
    static long share(Duration age, RecordEvidence.Terms terms) {
        return age.multipliedBy(100).dividedBy(terms.age());
    }

    static ControlFinding backup(Facts facts) {
        Optional<Instant> tested = facts.response().drill();
        return AccessControls.judgement(
                        facts, Control.ISO_A_12_3_1, List.of(RecordEvidence.sql("retention"), LogEvidence.DRILLS))
                .fact("copies of the databases that people have declared: "
                        + (facts.keys().retentions().isEmpty()
                                ? "none"
                                : facts.keys().retentions()))
                .fact("drills of the quarterly review, of which one is that a restore was tried, last attested: "
                        + tested.map(Instant::toString).orElse("never"))
                .unknownIf(
                        tested.isEmpty(),
                        "nobody has attested that a backup was restored, and Reseal makes none itself that could be looked at")
                .faultIf(
                        isStale(tested, facts),
                        "the last attestation that a restore was tried is longer ago than a quarter")
                .finding("that a restore was tried was attested within a quarter");
    }

    static boolean isStale(Optional<Instant> attested, Facts facts) {
        return attested.filter(at -> at.plus(QUARTER).isBefore(facts.now())).isPresent();
    }
}
