package io.reseal.rotation.compliance;

import java.time.Instant;
import java.util.List;

/**
 * What a report found about a control.
 *
 * @param reason why the result is what it is
 * @param facts what was observed
 * @param evidence where it was looked: queries, or what was asked
 * @param at when
 */
public record ControlFinding(
        Control control, Result result, String reason, List<String> facts, List<String> evidence, Instant at) {

    /** What the facts say. */
    public enum Result {
        /** All facts that this product sees are as the control wants them. They support evidence for it, and are no opinion on it. */
        MET,
        /** A fact is not. */
        NOT_MET,
        /** There is no fact to judge by. */
        NOT_ASSESSED
    }

    public ControlFinding {
        facts = List.copyOf(facts);
        evidence = List.copyOf(evidence);
    }
}
