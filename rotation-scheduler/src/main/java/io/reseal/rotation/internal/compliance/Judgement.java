package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import io.reseal.rotation.compliance.ControlFinding.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How facts add up to a finding: one fault is enough, and where nothing was seen nothing is found. */
final class Judgement {

    private final Control control;
    private final Instant at;
    private final List<String> evidence;
    private final List<String> facts = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    Judgement(Control control, Instant at, List<String> evidence) {
        this.control = control;
        this.at = at;
        this.evidence = List.copyOf(evidence);
    }

    /** Something that was observed. */
    Judgement fact(String fact) {
        facts.add(fact);
        return this;
    }

    /** What is not as it should be, if anything. */
    Judgement faultIf(boolean isFault, String fault) {
        if (isFault) {
            faults.add(fault);
        }
        return this;
    }

    /** Each of these is not as it should be. */
    Judgement faults(List<String> all) {
        faults.addAll(all);
        return this;
    }

    /** What cannot be judged, and why; weighs less than a fault. */
    Judgement unknownIf(boolean isUnknown, String why) {
        if (isUnknown) {
            unknown.add(why);
        }
        return this;
    }

    /** @param met why the control is met, if nothing stands against that */
    ControlFinding finding(String met) {
        if (!faults.isEmpty()) {
            return finding(Result.NOT_MET, String.join("; ", faults));
        }
        return unknown.isEmpty() ? finding(Result.MET, met) : finding(Result.NOT_ASSESSED, String.join("; ", unknown));
    }

    private ControlFinding finding(Result result, String reason) {
        return new ControlFinding(control, result, reason, facts, evidence, at);
    }
}
