package io.reseal.rotation.internal.maintenance;

import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import io.reseal.rotation.maintenance.MaintenanceWindow.Outcome;
import java.util.OptionalLong;

/** What a look came to, before it is written down. */
public record Found(Check check, Outcome outcome, String subject, String text, OptionalLong measured) {

    private static final int MAX_SUBJECT = 255;
    private static final int MAX_TEXT = 4_000;

    public Found {
        subject = subject.substring(0, Math.min(MAX_SUBJECT, subject.length()));
        text = text.substring(0, Math.min(MAX_TEXT, text.length()));
    }

    public static Found ok(Check check, String subject, String text) {
        return new Found(check, Outcome.OK, subject, text, OptionalLong.empty());
    }

    public static Found finding(Check check, String subject, String text) {
        return new Found(check, Outcome.FINDING, subject, text, OptionalLong.empty());
    }

    Found measuring(long number) {
        return new Found(check, outcome, subject, text, OptionalLong.of(number));
    }

    boolean isFinding() {
        return outcome == Outcome.FINDING;
    }
}
