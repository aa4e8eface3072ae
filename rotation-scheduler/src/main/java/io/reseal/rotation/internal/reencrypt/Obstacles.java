package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyType;
import io.reseal.keys.Keyring;
import io.reseal.rotation.reencryption.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks for everything that stands against a run: the same whether it is to be started or only shown. */
final class Obstacles {

    private final Targets targets;
    private final Survey survey;

    Obstacles(Targets targets, Survey survey) {
        this.targets = targets;
        this.survey = survey;
    }

    /**
     * What was found.
     *
     * @param tables of the catalog
     * @param open those whose rows can be looked at
     * @param findings about single tables
     * @param general what else keeps any run from being started
     */
    record Found(List<TargetTable> tables, List<TargetTable> open, List<Finding> findings, List<String> general) {

        /** Why a run is refused with these acknowledgements; empty if it is not. */
        List<String> refusals(Set<String> acknowledged) {
            List<String> refusals = new ArrayList<>(general);
            findings.stream()
                    .filter(finding -> finding.refuses(acknowledged))
                    .map(Finding::report)
                    .forEach(refusals::add);
            return refusals;
        }
    }

    /** Whatever there is about the tables, also while nothing is retired yet. */
    Found everything(Keyring keyring, Survey.Keys versions) {
        return found(keyring, versions, true);
    }

    /** What a run meets: one without a retired version touches no table. */
    Found ofRun(Keyring keyring, Survey.Keys versions) {
        return found(keyring, versions, !versions.retired().isEmpty());
    }

    private Found found(Keyring keyring, Survey.Keys versions, boolean areTablesTouched) {
        Targets.Sight sight = targets.look();
        List<Finding> findings = new ArrayList<>(sight.findings());
        List<TargetTable> open = new ArrayList<>();
        for (TargetTable table : areTablesTouched ? sound(sight) : List.<TargetTable>of()) {
            List<Finding> ofTable = survey.of(table, versions);
            findings.addAll(ofTable);
            if (Survey.isOpen(ofTable)) {
                open.add(table);
            }
        }
        List<String> general = new ArrayList<>(survey.database());
        general.addAll(noColumns(sight.tables()));
        general.addAll(inactive(keyring, versions.target().type(), sight.tables()));
        return new Found(sight.tables(), open, findings, general);
    }

    /** Tables of which nothing is gone. */
    private static List<TargetTable> sound(Targets.Sight sight) {
        Set<TableName> broken = sight.findings().stream()
                .map(finding -> new TableName(finding.schema(), finding.table()))
                .collect(Collectors.toSet());
        return sight.tables().stream()
                .filter(table -> !broken.contains(table.name()))
                .toList();
    }

    /** A run over no column would end with nothing proved, and look like a finished one. */
    private static List<String> noColumns(List<TargetTable> tables) {
        return tables.isEmpty()
                ? List.of("The catalog of columns lists none. Start the application once with this key store:"
                        + " it records what it maps")
                : List.of();
    }

    private static List<String> inactive(Keyring keyring, KeyType type, List<TargetTable> tables) {
        List<String> problems = new ArrayList<>();
        for (TargetTable table : tables) {
            for (int column = 0; column < table.entries().size(); column++) {
                KeyType to = table.sealedTo(column, type);
                if (keyring.active(to).isEmpty()) {
                    problems.add("The column " + table.name() + "."
                            + table.shape().columns().get(column).name() + " is mapped to the key type " + to
                            + ", which has no active version. Rotate " + to + " first");
                }
            }
        }
        return problems;
    }
}
