package io.reseal.internal.hibernate;

import java.util.Set;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Table;

/**
 * SQL that the application wrote into its mapping.
 *
 * @param origin where it stands, for example {@code the @SQLRestriction of com.acme.User}
 * @param tables the tables whose columns it can name without saying which table it means
 */
record SqlFragment(String origin, Set<Table> tables, SqlText text) {

    boolean names(Table table, Column column) {
        return text.namesColumn(column.getName()) && (tables.contains(table) || text.namesTable(table.getName()));
    }
}
