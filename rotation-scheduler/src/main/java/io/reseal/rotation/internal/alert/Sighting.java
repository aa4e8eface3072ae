package io.reseal.rotation.internal.alert;

import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;

/**
 * What raises an alert.
 *
 * @param evidence cut where it is too long
 * @param times how often it was seen
 */
public record Sighting(AlertKind kind, AlertSubject subject, String evidence, long times) {

    private static final int MAX_EVIDENCE = 2_000;

    public Sighting {
        evidence = OneLine.of(evidence.substring(0, Math.min(MAX_EVIDENCE, evidence.length())));
    }
}
