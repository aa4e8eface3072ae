package io.reseal.rotation;

import io.reseal.KeyStoreUnavailableException;
import io.reseal.audit.AuditLog;
import io.reseal.keys.KeyState;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.review.QuarterlyReview;
import io.reseal.rotation.schedule.ScheduledTask;
import io.reseal.rotation.spi.AlertChannel;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What may be named in a runbook, and what in one is none of it. */
final class RunbookNames {

    private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SPAN = Pattern.compile("`([^`\n]+)`");
    private static final Pattern CALL = Pattern.compile("(\\w+)(?:\\(([^()]*)\\))?");
    private static final List<Path> SOURCES =
            List.of(Path.of("src", "main"), Path.of("..", "encryption-converter", "src", "main"));

    private static final Map<String, Class<?>> VARIABLES =
            Map.of("rotation", KeyRotation.class, "scheduler", RotationScheduler.class);

    private static final List<String> PACKAGES = Stream.of(
                    KeyRotation.class,
                    AlertChannel.class,
                    KeyState.class,
                    AuditLog.class,
                    KeyStoreUnavailableException.class)
            .map(Class::getPackageName)
            .toList();

    /** Names that stand for something in a text. */
    private static final Set<String> PLAIN = Set.of("rotation", "scheduler", "ann", "planned", "reseal_…", "https://");

    private final String sources;
    private final Set<String> constants = new HashSet<>();
    private final Set<String> tasks =
            Stream.of(ScheduledTask.values()).map(ScheduledTask::taskName).collect(Collectors.toSet());

    private RunbookNames(String sources) {
        this.sources = sources;
        for (Class<? extends Enum<?>> type : List.of(AlertKind.class, QuarterlyReview.Item.class)) {
            for (Enum<?> constant : type.getEnumConstants()) {
                constants.add(constant.name());
            }
        }
    }

    static RunbookNames ofThisRelease() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    text.append(Files.readString(file));
                }
            }
        }
        return new RunbookNames(text.toString());
    }

    /** The statements of a runbook. */
    static List<String> sql(String text) {
        return SQL.matcher(text).results().map(match -> match.group(1).strip()).toList();
    }

    /** What is named between backticks and does not exist. */
    List<String> unknown(String text) {
        return SPAN.matcher(SQL.matcher(text).replaceAll(""))
                .results()
                .map((MatchResult span) -> span.group(1))
                .filter(name -> !exists(name))
                .toList();
    }

    private boolean exists(String name) {
        String first = name.split("[.(]", 2)[0];
        if (PLAIN.contains(name)) {
            return true;
        }
        Class<?> variable = VARIABLES.get(first);
        if (variable != null) {
            return isCall(variable, name.substring(first.length()));
        }
        if (name.startsWith("reseal.")) {
            return isSetting(name);
        }
        if (name.startsWith("reseal_")) {
            return Pattern.compile("(TABLE IF NOT EXISTS|VIEW) " + name + "\\b")
                    .matcher(sources)
                    .find();
        }
        if (name.matches("[A-Z][A-Z_]+")) {
            return constants.contains(name);
        }
        if (Character.isUpperCase(name.charAt(0))) {
            return type(first).filter(type -> isMember(type, name)).isPresent();
        }
        return tasks.contains(name);
    }

    private boolean isSetting(String name) {
        int last = name.lastIndexOf('.') + 1;
        return sources.contains('"' + name + '"')
                || (sources.contains('"' + name.substring(0, last) + '"')
                        && sources.contains('"' + name.substring(last) + '"'))
                || (sources.contains('"' + name.substring(0, last) + '"')
                        && sources.contains("PREFIX + \"" + name.substring(last) + '"'));
    }

    private static boolean isMember(Class<?> type, String name) {
        int dot = name.indexOf('.');
        return dot < 0
                || Stream.of(type.getMethods())
                        .anyMatch(method -> method.getName().equals(name.substring(dot + 1)));
    }

    private static Optional<Class<?>> type(String name) {
        for (String each : PACKAGES) {
            try {
                return Optional.of(Class.forName(each + "." + name));
            } catch (ClassNotFoundException e) {
                // in another package, perhaps
            }
        }
        return Optional.empty();
    }

    /** Follows the calls by what each returns; of each, a public method takes as many arguments. */
    private static boolean isCall(Class<?> start, String calls) {
        List<Class<?>> types = new ArrayList<>(List.of(start));
        List<MatchResult> all = CALL.matcher(calls).results().toList();
        for (MatchResult call : all) {
            List<Class<?>> next = new ArrayList<>();
            for (Class<?> type : types) {
                for (Method method : type.getMethods()) {
                    if (method.getName().equals(call.group(1))
                            && method.getParameterCount() == arguments(call.group(2))) {
                        next.add(method.getReturnType());
                    }
                }
            }
            if (next.isEmpty()) {
                return false;
            }
            types = next;
        }
        return true;
    }

    private static int arguments(@Nullable String text) {
        return text == null || text.isBlank() ? 0 : text.split(",", -1).length;
    }
}
