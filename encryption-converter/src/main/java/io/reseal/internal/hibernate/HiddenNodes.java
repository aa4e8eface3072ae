package io.reseal.internal.hibernate;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.hibernate.sql.ast.tree.SqlAstNode;
import org.jspecify.annotations.Nullable;

/**
 * The expressions inside a node that no visitor leads to: clauses of JSON and XML functions, functions that render themselves,
 * nodes of extensions. Without a look inside, an encrypted column in there would pass unseen.
 */
final class HiddenNodes {

    private HiddenNodes() {}

    static List<SqlAstNode> in(SqlAstNode node) {
        List<SqlAstNode> found = new ArrayList<>();
        for (Class<?> type = node.getClass(); type != null && type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    collect(read(field, node), found);
                }
            }
        }
        return found;
    }

    private static void collect(@Nullable Object value, List<SqlAstNode> found) {
        if (value instanceof SqlAstNode node) {
            found.add(node);
        } else if (value instanceof Collection<?> values) {
            values.forEach(element -> collect(element, found));
        } else if (value instanceof Map<?, ?> entries) {
            entries.values().forEach(element -> collect(element, found));
        } else if (value instanceof Object[] elements) {
            Arrays.asList(elements).forEach(element -> collect(element, found));
        }
    }

    private static @Nullable Object read(Field field, SqlAstNode node) {
        try {
            field.setAccessible(true);
            return field.get(node);
        } catch (IllegalAccessException e) {
            throw new AssertionError("made accessible above", e);
        }
    }
}
