package io.reseal.rotation.internal.compliance;

import io.reseal.rotation.compliance.Control;
import io.reseal.rotation.compliance.ControlFinding;
import java.util.List;
import java.util.stream.Stream;

/** What facts say about each control. Nothing is met without a fact that could have been otherwise. */
final class Controls {

    private Controls() {}

    static List<ControlFinding> of(Facts facts) {
        return Stream.of(Control.values()).map(control -> of(control, facts)).toList();
    }

    private static ControlFinding of(Control control, Facts facts) {
        return switch (control) {
            case SOC2_CC6_1 -> AccessControls.logicalAccess(facts);
            case SOC2_CC6_8 -> AccessControls.unauthorizedChanges(facts);
            case SOC2_CC6_7 -> DataControls.transmissionAndRemoval(facts);
            case NIST_PR_DS_1 -> DataControls.atRest(facts);
            case NIST_PR_DS_2 -> DataControls.inTransit(facts);
            case ISO_A_10_1_2 -> KeyControls.keyManagement(facts);
            case ISO_A_12_3_1 -> KeyControls.backup(facts);
            case ISO_A_16_1_5 -> ResponseControls.incidents(facts);
            case NIST_RS_RP_1 -> ResponseControls.plan(facts);
            case NIST_DE_CM_1 -> ResponseControls.monitoring(facts);
        };
    }
}
