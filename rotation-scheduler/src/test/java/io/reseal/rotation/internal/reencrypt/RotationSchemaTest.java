package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.database.DatabaseProduct;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RotationSchemaTest {

    private static final Pattern TABLE =
            Pattern.compile("CREATE TABLE IF NOT EXISTS (\\w+) \\((.*?)\\n\\)", Pattern.DOTALL);
    private static final Pattern VIEW = Pattern.compile("CREATE OR REPLACE VIEW (\\w+) \\((.*?)\\n\\)", Pattern.DOTALL);
    private static final Pattern COLUMN = Pattern.compile("^ {4}([a-z]\\w*) ", Pattern.MULTILINE);

    @ParameterizedTest
    @EnumSource
    void theScriptsOfEveryDatabaseCreateExactlyTheColumnsThatAreVerified(DatabaseProduct product) throws IOException {
        Map<String, List<String>> tables = new HashMap<>();
        for (String script : RotationSchema.SCHEMA.scripts()) {
            TABLE.matcher(read(script, product))
                    .results()
                    .forEach(table -> tables.put(table.group(1), columns(table.group(2))));
            VIEW.matcher(read(script, product))
                    .results()
                    .forEach(view -> tables.put(
                            view.group(1), List.of(view.group(2).strip().split(",\\s+"))));
        }
        assertThat(tables).isEqualTo(RotationSchema.SCHEMA.tables());
    }

    private static List<String> columns(String definition) {
        return COLUMN.matcher(definition)
                .results()
                .map((MatchResult column) -> column.group(1))
                .toList();
    }

    private static String read(String script, DatabaseProduct product) throws IOException {
        String path = "/io/reseal/schema/rotation/" + product.name().toLowerCase(Locale.ROOT) + "/" + script;
        try (InputStream stream = Objects.requireNonNull(RotationSchema.class.getResourceAsStream(path), path)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
