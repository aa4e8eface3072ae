package io.reseal.internal.hibernate;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A piece of SQL or of an order-by list that stands in a mapping, read just far enough to tell which columns it may name.
 * Literals, comments, parameters and function names are no columns; in doubt a name counts as one.
 */
record SqlText(String text) {

    private static final Pattern NO_NAMES = Pattern.compile("'(?:[^']|'')*'|--[^\\n]*|(?s:/\\*.*?\\*/)");
    private static final String PART = "(?:[\\p{L}_$][\\p{L}\\p{N}_$#]*|\"[^\"]+\"|`[^`]+`|\\[[^\\]]+\\])";
    private static final Pattern NAME =
            Pattern.compile("(?<![\\p{L}\\p{N}_:])(" + PART + "(?:\\s*\\.\\s*" + PART + ")*)(\\s*\\()?");
    private static final Pattern QUOTES = Pattern.compile("[\"`\\[\\]\\s]");

    /** Whether a column of that name, however qualified, is named. Case is no difference. */
    boolean namesColumn(String column) {
        return names().anyMatch(name -> name.get(name.size() - 1).equalsIgnoreCase(column));
    }

    /** Whether a table of that name is named, as a table or in front of a column. */
    boolean namesTable(String table) {
        return names().flatMap(List::stream).anyMatch(part -> part.equalsIgnoreCase(table));
    }

    /** Whether the attribute with that path is named. */
    boolean namesPath(String path) {
        return names().anyMatch(name -> String.join(".", name).equalsIgnoreCase(path));
    }

    private Stream<List<String>> names() {
        Matcher matcher = NAME.matcher(NO_NAMES.matcher(text).replaceAll(" "));
        return matcher.results()
                .filter(found -> found.group(2) == null)
                .map(found ->
                        List.of(QUOTES.matcher(found.group(1)).replaceAll("").split("\\.")));
    }
}
