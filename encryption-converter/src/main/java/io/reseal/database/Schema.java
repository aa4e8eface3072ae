package io.reseal.database;

import io.reseal.ResealConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The tables of one module: scripts that create them and what must exist afterwards.
 *
 * <p>The scripts are resources {@code io/reseal/schema/<name>/<postgresql|h2|mariadb>/<script>} beside the class {@code module}.
 * Each may be run again, and creates only what is absent; a released script never changes, later versions append one.
 *
 * @param name the module, as it stands in the table {@code reseal_schema}
 * @param module a class of the module whose jar holds the scripts
 * @param scripts file names, in the order in which they run; their number is the schema's version
 * @param tables the columns of each table and view, in lower case
 */
public record Schema(String name, Class<?> module, List<String> scripts, Map<String, List<String>> tables) {

    public Schema {
        scripts = List.copyOf(scripts);
        tables = Map.copyOf(tables);
    }

    int version() {
        return scripts.size();
    }

    /** The text of a script. */
    String read(String script, DatabaseProduct product) {
        String resource = resource(script, product);
        try (InputStream stream = Objects.requireNonNull(module.getResourceAsStream("/" + resource), resource)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /** What an operator runs where Reseal may not create tables. */
    String remedy(DatabaseProduct product) {
        return "Run "
                + String.join(
                        ", then ",
                        scripts.stream()
                                .map(script -> resource(script, product))
                                .toList())
                + " from Reseal's jar";
    }

    /** Fails unless {@code found} has every column of {@code table}. */
    void verify(String table, List<String> found, DatabaseProduct product) {
        List<String> missing = tables.getOrDefault(table, List.of()).stream()
                .filter(column -> !found.contains(column))
                .toList();
        if (!missing.isEmpty()) {
            throw new ResealConfigurationException(
                    "The table " + table + " has no column " + String.join(", ", missing) + ". " + remedy(product)
                            + ", or restore the table from a backup",
                    null);
        }
    }

    private String resource(String script, DatabaseProduct product) {
        return "io/reseal/schema/" + name + "/" + product.name().toLowerCase(Locale.ROOT) + "/" + script;
    }
}
