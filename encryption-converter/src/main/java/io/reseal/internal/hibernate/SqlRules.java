package io.reseal.internal.hibernate;

import java.util.List;

/** SQL in the mapping sees ciphertext, which it can neither compare nor compute with. */
final class SqlRules implements BootRule {

    private final List<SqlFragment> fragments;

    SqlRules(CompleteMapping mapping) {
        fragments = SqlFragments.in(mapping);
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        fragments.forEach(fragment -> forbidNaming(fragment, attribute, report));
    }

    private static void forbidNaming(SqlFragment fragment, MappedAttribute attribute, BootReport report) {
        boolean names = attribute
                .tables()
                .anyMatch(table -> attribute.columns().stream().anyMatch(column -> fragment.names(table, column)));
        if (names) {
            report.add(
                    attribute,
                    "its column is named in " + fragment.origin() + ", which would see ciphertext",
                    "Do this in Java, or over a column that is not encrypted");
        }
    }
}
