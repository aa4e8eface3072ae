package io.reseal.rotation.internal.review;

import io.reseal.keys.KeyPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** In what two policies differ, as the audit log has it: written when one takes the other's place, and read again. */
public final class PolicyDifferences {

    private static final Pattern POLICY = Pattern.compile("policy of ([^:;]+): ([^;]+)");
    private static final Pattern CHANGE = Pattern.compile("([a-z ]+) from (.+?) to (.+?)(?:, (?=[a-z ]+ from )|$)");

    private PolicyDifferences() {}

    /** One change of one term. */
    public record Change(String keyType, String term, String before, String after) {}

    /** For example {@code policy of database_encryption: interval from PT4320H to PT8640H, approvals from 2 to 1}. */
    public static String text(KeyPolicy before, KeyPolicy after) {
        List<String> changes = new ArrayList<>();
        note(changes, "interval", before.interval(), after.interval());
        note(changes, "grace", before.grace(), after.grace());
        note(changes, "priority", before.priority(), after.priority());
        note(changes, "end of grace", before.graceEnd(), after.graceEnd());
        note(changes, "usage limit", before.usageLimit(), after.usageLimit());
        note(changes, "approvals", before.approvals(), after.approvals());
        return "policy of " + after.type().name() + ": "
                + (changes.isEmpty() ? "recorded as it was" : String.join(", ", changes));
    }

    private static void note(List<String> changes, String term, Object before, Object after) {
        if (!before.equals(after)) {
            changes.add(term + " from " + before + " to " + after);
        }
    }

    /** Every change that an entry's detail tells of. */
    public static List<Change> read(String detail) {
        return POLICY.matcher(detail)
                .results()
                .flatMap(policy -> CHANGE.matcher(policy.group(2))
                        .results()
                        .map(change -> new Change(policy.group(1), change.group(1), change.group(2), change.group(3))))
                .toList();
    }
}
