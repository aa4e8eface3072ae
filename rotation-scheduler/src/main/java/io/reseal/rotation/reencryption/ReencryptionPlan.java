package io.reseal.rotation.reencryption;

import io.reseal.keys.KeyId;
import java.util.List;
import java.util.Set;

/**
 * What a run would do, without starting it.
 *
 * @param retired the versions whose values would be re-encrypted; a run without any changes nothing
 * @param tables one line for each table that a run could work on
 * @param findings everything about tables that stands against the run, has to be acknowledged, or is worth knowing
 * @param obstacles what else keeps any run of the key type from being started: a read-only database, an empty catalog, a column
 *     that is mapped to a key type without an active version
 */
public record ReencryptionPlan(
        List<KeyId> retired, List<TablePlan> tables, List<Finding> findings, List<String> obstacles) {

    public ReencryptionPlan {
        retired = List.copyOf(retired);
        tables = List.copyOf(tables);
        findings = List.copyOf(findings);
        obstacles = List.copyOf(obstacles);
    }

    /** The findings for which a run with these acknowledgements would be refused. */
    public List<Finding> refusals(Set<String> acknowledged) {
        return findings.stream()
                .filter(finding -> finding.refuses(acknowledged))
                .toList();
    }
}
