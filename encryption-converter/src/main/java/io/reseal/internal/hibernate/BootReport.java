package io.reseal.internal.hibernate;

import io.reseal.ResealConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.mapping.Table;

/** Collects what is wrong with the mapping, so that one refusal names all of it. */
final class BootReport {

    private final Set<Problem> problems = new LinkedHashSet<>();

    private record Problem(String attribute, String column, String cause, String remedy) {

        @Override
        public String toString() {
            return attribute + (column.isEmpty() ? "" : " (column " + column + ")") + ": " + cause + ". " + remedy;
        }
    }

    /**
     * Adds a problem, once.
     *
     * @param attribute the attribute as {@code com.acme.User.iban}
     * @param cause what is wrong, without a full stop
     * @param remedy what to do, without a full stop
     */
    void add(String attribute, String cause, String remedy) {
        problems.add(new Problem(attribute, "", cause, remedy));
    }

    /** @param column the column with its table */
    void add(String attribute, String column, String cause, String remedy) {
        problems.add(new Problem(attribute, column, cause, remedy));
    }

    void add(SealedAttribute attribute, String cause, String remedy) {
        problems.add(
                new Problem(attribute.qualifiedPath(), attribute.table() + "." + attribute.column(), cause, remedy));
    }

    void add(MappedAttribute attribute, String cause, String remedy) {
        problems.add(new Problem(attribute.qualifiedPath(), columns(attribute), cause, remedy));
    }

    /** Whether something is already wrong with the attribute, by its path or by the name that the binder knows. */
    boolean mentions(MappedAttribute attribute) {
        String bound =
                attribute.entity().getEntityName() + "." + attribute.property().getName();
        return problems.stream()
                .map(Problem::attribute)
                .anyMatch(name -> name.equals(attribute.qualifiedPath()) || name.equals(bound));
    }

    /** @throws ResealConfigurationException if anything was added */
    void refuseProblems() {
        if (!problems.isEmpty()) {
            List<String> texts = new ArrayList<>();
            problems.forEach(problem -> texts.add(problem.toString()));
            throw new ResealConfigurationException(texts);
        }
    }

    private static String columns(MappedAttribute attribute) {
        Table table = attribute.table();
        return attribute.columns().stream()
                .map(column -> table.getName() + "." + column.getName())
                .collect(Collectors.joining(", "));
    }
}
