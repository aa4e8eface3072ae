package io.reseal.internal.hibernate;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.Collection;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.FilterConfiguration;
import org.hibernate.mapping.Formula;
import org.hibernate.mapping.IndexedCollection;
import org.hibernate.mapping.Join;
import org.hibernate.mapping.OneToMany;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.ToOne;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/** Finds the SQL that the application wrote into its mapping. */
final class SqlFragments {

    private final Metadata metadata;
    private final Set<SqlFragment> found = new LinkedHashSet<>();

    private SqlFragments(Metadata metadata) {
        this.metadata = metadata;
    }

    static List<SqlFragment> in(CompleteMapping mapping) {
        SqlFragments fragments = new SqlFragments(mapping.metadata());
        mapping.metadata().getEntityBindings().forEach(fragments::visit);
        mapping.metadata().getCollectionBindings().forEach(fragments::visit);
        mapping.metadata().collectTableMappings().forEach(fragments::visit);
        mapping.attributes().forEach(fragments::visit);
        return List.copyOf(fragments.found);
    }

    private void visit(PersistentClass entity) {
        Set<Table> tables = tables(entity);
        if (entity instanceof RootClass root) {
            add("the @SQLRestriction of " + entity.getEntityName(), tables, root.getWhere());
            visit("the discriminator of " + entity.getEntityName(), tables, root.getDiscriminator());
        }
        add(
                "the @Subselect of " + entity.getEntityName(),
                tables,
                entity.getTable().getSubselect());
        visit(entity.getFilters(), "of " + entity.getEntityName(), tables);
    }

    private void visit(Collection collection) {
        Set<Table> tables = tables(collection);
        String role = collection.getRole();
        add("the @SQLRestriction of " + role, tables, collection.getWhere());
        add("the @SQLRestriction of " + role, tables, collection.getManyToManyWhere());
        visit(collection.getFilters(), "of " + role, tables);
        visit(collection.getManyToManyFilters(), "of " + role, tables);
        visit("a formula in the key of " + role, tables, collection.getKey());
        if (collection instanceof IndexedCollection indexed) {
            visit("a formula in the map key of " + role, tables, indexed.getIndex());
        }
    }

    private void visit(Iterable<FilterConfiguration> filters, String owner, Set<Table> tables) {
        filters.forEach(filter -> add("the @Filter " + filter.getName() + " " + owner, tables, filter.getCondition()));
    }

    private void visit(Table table) {
        Set<Table> own = Set.of(table);
        table.getChecks().forEach(check -> add("a check of the table " + table.getName(), own, check.getConstraint()));
        add("the @View " + table.getName(), own, table.getViewQuery());
        for (Column column : table.getColumns()) {
            String name = table.getName() + "." + column.getName();
            add("the @GeneratedColumn " + name, own, column.getGeneratedAs());
            add("the @ColumnTransformer of " + name, own, column.getCustomRead());
            add("the @ColumnTransformer of " + name, own, column.getCustomWrite());
            column.getCheckConstraints().forEach(check -> add("the check of " + name, own, check.getConstraint()));
        }
    }

    private void visit(MappedAttribute attribute) {
        visit("the formula of " + attribute.qualifiedPath(), tables(attribute.entity()), attribute.value());
    }

    private void visit(String origin, Set<Table> tables, @Nullable Value value) {
        if (value != null) {
            value.getSelectables().stream()
                    .filter(Formula.class::isInstance)
                    .forEach(formula -> add(origin, tables, formula.getText()));
        }
    }

    private void add(String origin, Set<Table> tables, @Nullable String sql) {
        if (sql != null) {
            found.add(new SqlFragment(origin, tables, new SqlText(sql)));
        }
    }

    private Set<Table> tables(Collection collection) {
        Set<Table> tables = new HashSet<>();
        tables.add(collection.getCollectionTable());
        if (collection.getElement() instanceof OneToMany many) {
            tables.addAll(tables(many.getAssociatedClass()));
        } else if (collection.getElement() instanceof ToOne one) {
            tables.addAll(tables(metadata.getEntityBinding(one.getReferencedEntityName())));
        }
        return tables;
    }

    private static Set<Table> tables(PersistentClass entity) {
        RootClass root = entity.getRootClass();
        Set<Table> tables = new HashSet<>(root.getSubclassTableClosure());
        tables.add(root.getTable());
        root.getSubclassJoinClosure().stream().map(Join::getTable).forEach(tables::add);
        return tables;
    }
}
