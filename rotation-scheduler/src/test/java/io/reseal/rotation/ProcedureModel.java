package io.reseal.rotation;

import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.compliance.ReportPeriod;
import io.reseal.rotation.schedule.ScheduledTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the procedures say becomes of keys that are used by nobody in particular: their figures, and nothing of the product's. */
final class ProcedureModel {

    /** Between the proposal and the destruction. */
    private static final Duration WAITING = Duration.ofDays(7);

    private static final Map<String, Rule> RULES = new TreeMap<>(Map.of(
            "token_encryption", new Rule(90, 30, false),
            "database_encryption", new Rule(180, 90, false),
            "file_encryption", new Rule(365, 180, false),
            "session_encryption", new Rule(30, 7, true),
            "api_signature", new Rule(90, 30, true)));

    private final Map<String, List<Life>> lives = new TreeMap<>();
    private final Set<String> scheduled = new HashSet<>();

    /** @param needsNobody whether the cleanup destroys it without people */
    private record Rule(int intervalDays, int graceDays, boolean needsNobody) {}

    private static final class Life {

        private final Instant activated;
        private @Nullable Instant replaced;
        private @Nullable Instant proposed;
        private @Nullable Instant destroyed;

        Life(Instant activated) {
            this.activated = activated;
        }

        private KeyState state() {
            if (destroyed != null) {
                return KeyState.DESTROYED;
            }
            if (proposed != null) {
                return KeyState.PENDING_DESTROY;
            }
            return replaced == null ? KeyState.ACTIVE : KeyState.DEACTIVATED;
        }

        @Override
        public String toString() {
            return state() + " active from " + activated + " to " + replaced + ", proposed " + proposed + ", destroyed "
                    + destroyed;
        }
    }

    ProcedureModel(Instant firstActivation) {
        RULES.keySet().forEach(type -> lives.put(type, new ArrayList<>(List.of(new Life(firstActivation)))));
    }

    void does(ScheduledTask task, Instant now) {
        switch (task) {
            case AUTOMATED_KEY_ROTATION_CHECK -> check(now);
            case EXECUTE_SCHEDULED_KEY_ROTATIONS -> execute(now);
            case KEY_ROTATION_CLEANUP ->
                lives.forEach((type, all) -> all.forEach(life -> cleanUp(rule(type), life, now)));
            default -> {}
        }
    }

    private void check(Instant now) {
        RULES.keySet().stream().filter(type -> age(type, now) >= 1).forEach(scheduled::add);
    }

    private void execute(Instant now) {
        for (String type : scheduled) {
            active(type).replaced = now;
            lives(type).add(new Life(now));
        }
        scheduled.clear();
    }

    private static void cleanUp(Rule rule, Life life, Instant now) {
        if (life.proposed != null) {
            if (rule.needsNobody() && life.destroyed == null && !now.isBefore(life.proposed.plus(WAITING))) {
                life.destroyed = now;
            }
        } else if (life.replaced != null && !now.isBefore(life.replaced.plus(Duration.ofDays(rule.graceDays())))) {
            life.proposed = now;
        }
    }

    private static Rule rule(String type) {
        return Objects.requireNonNull(RULES.get(type), type);
    }

    private List<Life> lives(String type) {
        return Objects.requireNonNull(lives.get(type), type);
    }

    private Life active(String type) {
        List<Life> all = lives(type);
        return all.get(all.size() - 1);
    }

    /** As a share of the interval. */
    private double age(String type, Instant now) {
        return (double) Duration.between(active(type).activated, now).toSeconds()
                / Duration.ofDays(rule(type).intervalDays()).toSeconds();
    }

    /** How many keys were replaced. */
    long rotations(ReportPeriod period) {
        return count(period, life -> life.replaced);
    }

    long destructions(ReportPeriod period) {
        return count(period, life -> life.destroyed);
    }

    private long count(ReportPeriod period, Function<Life, @Nullable Instant> moment) {
        return lives.values().stream()
                .flatMap(List::stream)
                .filter(life -> Optional.ofNullable(moment.apply(life))
                        .filter(period::contains)
                        .isPresent())
                .count();
    }

    /** What health checks are to have raised about ages, for example {@code KEY_OVERDUE session_encryption 4}. */
    Set<String> alarms(Instant now) {
        Set<String> alarms = new TreeSet<>();
        for (String type : RULES.keySet()) {
            alarm(age(type, now))
                    .ifPresent(kind ->
                            alarms.add(kind + " " + type + " " + lives(type).size()));
        }
        return alarms;
    }

    private static Optional<String> alarm(double age) {
        if (age > 1.5) {
            return Optional.of("KEY_OVERDUE");
        }
        if (age > 1.25) {
            return Optional.of("KEY_AGE_HIGH");
        }
        return age >= 0.9 && age < 1 ? Optional.of("KEY_DUE_SOON") : Optional.empty();
    }

    /** Every version, a line each, by key type. */
    List<String> history() {
        List<String> lines = new ArrayList<>();
        lives.forEach((type, all) -> {
            for (int i = 0; i < all.size(); i++) {
                lines.add(type + " " + (i + 1) + " " + all.get(i));
            }
        });
        return lines;
    }

    /** The same of what is in the key store. */
    static List<String> history(KeyRotation rotation) {
        return RULES.keySet().stream()
                .flatMap(type -> rotation.keys().stream()
                        .filter(version -> version.type().name().equals(type)))
                .map(ProcedureModel::line)
                .toList();
    }

    private static String line(KeyVersion version) {
        Life life = new Life(version.activated().orElseThrow());
        life.replaced = version.deactivated().orElse(null);
        life.proposed = version.entered(KeyState.PENDING_DESTROY).orElse(null);
        life.destroyed = version.entered(KeyState.DESTROYED).orElse(null);
        if (life.state() != version.state()) {
            throw new AssertionError(version + " does not go by its own times");
        }
        return version.type() + " " + version.version() + " " + life;
    }
}
