package io.reseal.internal.hibernate;

import io.reseal.ResealConfigurationException;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with the mapping, so that one refusal names all of it. */
final class BootReport {

    private final List<String> problems = new ArrayList<>();

    /**
     * Adds a problem.
     *
     * @param attribute the attribute as {@code com.acme.User.iban}, and its column where that is known
     * @param cause what is wrong, without a full stop
     * @param remedy what to do, without a full stop
     */
    void add(String attribute, String cause, String remedy) {
        problems.add(attribute + ": " + cause + ". " + remedy);
    }

    void add(SealedAttribute attribute, String cause, String remedy) {
        add(
                attribute.qualifiedPath() + " (column " + attribute.table() + "." + attribute.column() + ")",
                cause,
                remedy);
    }

    /** @throws ResealConfigurationException if anything was added */
    void refuseProblems() {
        if (!problems.isEmpty()) {
            throw new ResealConfigurationException(problems);
        }
    }
}
