package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.internal.health.Connection;
import io.reseal.rotation.internal.health.Connection.Protection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How data lie, travel and go. */
final class DataControls {

    private DataControls() {}

    static ControlFinding atRest(Facts facts) {
        List<ColumnEvidence.Counted> columns = facts.data().columns();
        List<String> plain = columns.stream()
                .filter(column -> column.plain() > 0)
                .map(column ->
                        column.plain() + " of " + column.values() + " values of " + column.column() + " are not sealed")
                .toList();
        List<String> uncounted = columns.stream()
                .flatMap(column -> column.problem().map(why -> column.column() + " (" + why + ")").stream())
                .toList();
        return AccessControls.judgement(
                        facts, Control.NIST_PR_DS_1, List.of(RecordEvidence.sql("mapped-columns"), ColumnEvidence.SQL))
                .fact(columns.size() + " mapped columns with " + sum(columns) + " values, " + plain.size()
                        + " of them with values that are not sealed")
                .fact("columns that could not be counted: " + (uncounted.isEmpty() ? "none" : list(uncounted)))
                .unknownIf(columns.isEmpty(), "no column is mapped")
                .unknownIf(!uncounted.isEmpty(), "columns could not be counted: " + list(uncounted))
                .faults(plain)
                .finding("every value of the mapped columns begins as a sealed one does");
    }

    private static long sum(List<ColumnEvidence.Counted> columns) {
        return columns.stream().mapToLong(ColumnEvidence.Counted::values).sum();
    }

    static ControlFinding inTransit(Facts facts) {
        return links(facts, Control.NIST_PR_DS_2, Stream.of())
                .finding("every connection looked at is encrypted, or does not leave its host");
    }

    static ControlFinding transmissionAndRemoval(Facts facts) {
        List<Facts.Destroyed> destroyed = facts.keys().destroyed();
        List<String> kept = destroyed.stream()
                .filter(one -> one.key().isWrapped())
                .map(one -> one.key().name() + " was destroyed, and its material is in the key store")
                .toList();
        List<String> unproved = destroyed.stream()
                .filter(one -> takesProof(facts, one.key()) && !isProved(one))
                .map(one -> one.key().name() + " was destroyed without a proof that nothing was left under it")
                .toList();
        return links(
                        facts,
                        Control.SOC2_CC6_7,
                        Stream.of(KeyEvidence.SQL, ProofEvidence.SQL, RecordEvidence.sql("policy")))
                .fact(destroyed.size() + " keys destroyed, " + kept.size() + " of them with material left, "
                        + unproved.size() + " of them without the proof that they need")
                .faults(kept)
                .faults(unproved)
                .finding(
                        "every connection looked at is encrypted, or does not leave its host, and no key was destroyed without"
                                + " its proof, or kept");
    }

    /** Of a key that was used, and whose values do not expire by themselves. */
    private static boolean takesProof(Facts facts, KeyRow key) {
        RecordEvidence.Terms policy = facts.keys().policies().get(key.type());
        return key.entered().activated().isPresent() && (policy == null || policy.takesProof());
    }

    private static boolean isProved(Facts.Destroyed destroyed) {
        return destroyed.proof().filter(proof -> proof.remaining() == 0).isPresent();
    }

    private static Judgement links(Facts facts, Control control, Stream<String> more) {
        List<Connection> links = facts.data().links();
        List<String> unknown = those(links, Protection.UNKNOWN);
        Judgement judgement = AccessControls.judgement(
                        facts,
                        control,
                        Stream.of(links.stream().map(Connection::asked).distinct(), Stream.of(LinkEvidence.SQL), more)
                                .flatMap(asked -> asked)
                                .distinct()
                                .toList())
                .unknownIf(links.isEmpty(), "no connection was looked at")
                .unknownIf(!unknown.isEmpty(), "how these connect is not known: " + list(unknown))
                .faults(those(links, Protection.IN_CLEAR));
        links.forEach(link -> judgement.fact(link.toString()));
        return judgement;
    }

    private static List<String> those(List<Connection> links, Protection protection) {
        return links.stream()
                .filter(link -> link.protection() == protection)
                .map(Connection::toString)
                .toList();
    }

    private static String list(List<String> texts) {
        return texts.stream().collect(Collectors.joining(", "));
    }
}
