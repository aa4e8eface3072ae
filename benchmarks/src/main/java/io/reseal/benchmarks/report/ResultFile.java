package io.reseal.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes figures as JSON: an array with one object per figure. {@code ratio} is the median over the rounds, in {@code
 * unit}; {@code min}, {@code max} and {@code rounds} are the rounds themselves; {@code target}, {@code bound} and {@code
 * met} are there if the figure has a target; the raw numbers behind it follow.
 */
public final class ResultFile {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ResultFile() {}

    /** Writes {@code NAME.json} into {@code folder}, which is made if it is not there. */
    public static Path write(Path folder, String name, List<Figure> figures) {
        return write(folder, name + ".json", json(figures) + System.lineSeparator());
    }

    /** Writes a text into {@code folder}, which is made if it is not there. */
    public static Path write(Path folder, String file, String text) {
        try {
            Files.createDirectories(folder);
            return Files.writeString(folder.resolve(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException("The results can't be written to " + folder, e);
        }
    }

    static String json(List<Figure> figures) {
        return JSON.writeValueAsString(
                figures.stream().map(ResultFile::properties).toList());
    }

    private static Map<String, Object> properties(Figure figure) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("name", figure.name());
        properties.put("ratio", figure.spread().median());
        properties.put("min", figure.spread().min());
        properties.put("max", figure.spread().max());
        properties.put("unit", figure.unit());
        figure.target().ifPresent(target -> {
            properties.put("target", target.limit());
            properties.put(
                    "bound", target.bound().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            properties.put("met", figure.isMet());
        });
        properties.put("rounds", figure.spread().values());
        properties.putAll(figure.details());
        return properties;
    }
}
