package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Who may do what to keys, and whether somebody else did. */
final class AccessControls {

    private static final String SYSTEM = "reseal";
    private static final String DESTROY = "destroy";

    /** What several people have to have agreed to; a destruction as its policy says. */
    private static final Set<String> GUARDED = Set.of(
            DESTROY,
            "restore",
            "lift-suspension",
            "weaken-policy",
            "retire-column",
            "refuse-compromised",
            "allow-compromised",
            "accept-unreadable-backups");

    private static final Set<String> FOREIGN_WRITING =
            Set.of("KEY_STORE_TAMPERED", "TAMPERED_VALUE", "PLAINTEXT_VALUE", "UNKNOWN_KEY", "FAILED_OPENINGS");

    /** The manual wants warnings looked at within a day. */
    static final Duration DAY = Duration.ofDays(1);

    private static final Pattern REQUEST = Pattern.compile("request ([A-Za-z0-9._:/-]+), sha-256 ");

    private AccessControls() {}

    static ControlFinding logicalAccess(Facts facts) {
        List<LogEvidence.Entry> guarded = facts.log().steps().stream()
                .filter(step -> facts.period().contains(step.at()) && GUARDED.contains(step.action()))
                .toList();
        List<String> alone = guarded.stream()
                .filter(step -> !wasApproved(facts, step) && !mayBeDoneByOne(facts, step))
                .map(step -> step.action() + " of " + step.subject() + " at " + step.at() + " by " + step.actor()
                        + " without another person's approval")
                .toList();
        List<KeyRow> bare = facts.keys().rows().stream()
                .filter(key -> key.entered().destroyed().isEmpty() && !key.isWrapped())
                .toList();
        LogCheck check = facts.log().check();
        return judgement(
                        facts,
                        Control.SOC2_CC6_1,
                        List.of(
                                KeyEvidence.SQL,
                                LogEvidence.STEPS,
                                RecordEvidence.sql("approval"),
                                "AuditLog.verify()"))
                .fact(facts.keys().rows().size() + " key versions, " + bare.size() + " of them not wrapped by a KEK")
                .fact(guarded.size() + " actions that take several people, " + alone.size()
                        + " of them without another person's approval")
                .fact("key types whose keys one person or none may destroy, by policy: " + keptByOne(facts))
                .fact(told(check))
                .unknownIf(facts.keys().rows().isEmpty(), "there is no key")
                .faultIf(!bare.isEmpty(), "keys lie in the key store without being wrapped: " + names(bare))
                .faults(alone)
                .faultIf(!check.isClean(), told(check))
                .finding(
                        "every key is wrapped, every action that takes several people was approved by another one, and the"
                                + " audit log is as it was written");
    }

    private static boolean wasApproved(Facts facts, LogEvidence.Entry step) {
        Matcher request = REQUEST.matcher(step.detail());
        return request.find() && facts.log().approvedByOthers().contains(request.group(1));
    }

    /** The cleanup where the policy asks for nobody, one person where it asks for one, and anybody of a key that was never used. */
    private static boolean mayBeDoneByOne(Facts facts, LogEvidence.Entry step) {
        Optional<KeyRow> key = facts.keys().rows().stream()
                .filter(row -> row.name().equals(step.subject()))
                .findFirst();
        if (!step.action().equals(DESTROY) || key.isEmpty()) {
            return false;
        }
        int people = Optional.ofNullable(facts.keys().policies().get(key.get().type()))
                .map(RecordEvidence.Terms::approvals)
                .orElse(2);
        boolean isUnused = key.get().entered().activated().isEmpty();
        return isUnused || people == 1 || (people == 0 && step.actor().equals(SYSTEM));
    }

    private static String keptByOne(Facts facts) {
        List<String> types = facts.keys().policies().entrySet().stream()
                .filter(policy -> policy.getValue().approvals() < 2)
                .map(policy -> policy.getKey() + " (" + policy.getValue().approvals() + ")")
                .toList();
        return types.isEmpty() ? "none" : String.join(", ", types);
    }

    static ControlFinding unauthorizedChanges(Facts facts) {
        List<String> untold = facts.keys().rows().stream()
                .flatMap(key -> moves(key)
                        .filter(move -> facts.period().contains(move.at()))
                        .filter(move -> facts.log().steps().stream().noneMatch(step -> step.tellsOf(key.name())))
                        .map(move -> key.name() + " became " + move.state() + " at " + move.at()
                                + ", which the audit log does not tell of"))
                .toList();
        List<WatchEvidence.AlertRow> foreign = facts.raised().stream()
                .filter(alert -> FOREIGN_WRITING.contains(alert.kind()))
                .toList();
        List<String> neglected = foreign.stream()
                .filter(alert -> alert.isNeglected(DAY, facts.now()))
                .map(alert -> alert + " was not looked at for a day")
                .toList();
        LogCheck check = facts.log().check();
        return judgement(
                        facts,
                        Control.SOC2_CC6_8,
                        List.of(KeyEvidence.SQL, LogEvidence.STEPS, WatchEvidence.ALERTS, "AuditLog.verify()"))
                .fact(told(check))
                .fact(untold.size() + " changes of keys that the audit log does not tell of")
                .fact(foreign.size() + " alerts about what somebody else than Reseal wrote, " + neglected.size()
                        + " of them not looked at within a day")
                .unknownIf(facts.keys().rows().isEmpty(), "there is no key")
                .faultIf(!check.isClean(), told(check))
                .faults(untold)
                .faults(neglected)
                .finding(
                        "the audit log is as it was written and tells of every change of keys, and what somebody else wrote was"
                                + " looked at within a day");
    }

    private record Move(String state, Instant at) {}

    private static Stream<Move> moves(KeyRow key) {
        KeyRow.Entered entered = key.entered();
        return Stream.of(
                        Stream.of(new Move("PRE_ACTIVE", entered.created())),
                        entered.activated().map(at -> new Move("ACTIVE", at)).stream(),
                        entered.compromised().map(at -> new Move("COMPROMISED", at)).stream(),
                        entered.destroyed().map(at -> new Move("DESTROYED", at)).stream())
                .flatMap(move -> move);
    }

    static String told(LogCheck check) {
        return check.isClean()
                ? "the verification of the audit log read " + check.read().entries() + " entries and found nothing"
                : "the verification of the audit log found " + check.findings() + " places that are not as they were"
                        + " written, first: "
                        + check.shown().stream().findFirst().orElse("");
    }

    static Judgement judgement(Facts facts, Control control, List<String> evidence) {
        return new Judgement(control, facts.now(), evidence);
    }

    private static String names(List<KeyRow> keys) {
        return String.join(", ", keys.stream().map(KeyRow::name).toList());
    }
}
