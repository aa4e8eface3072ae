package io.reseal.rotation.internal.health;

import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/** How old the keys in use are, as a share of what their policies allow. The thresholds are those of the procedures. */
final class KeyAges implements Look {

    private static final double HIGH = 1.25;
    private static final double OVERDUE = 1.5;

    /** From here to the end of the interval, it is told that the end comes. */
    private static final double SOON = 0.9;

    private final KeyRegistry keys;
    private final Function<KeyType, KeyPolicy> policies;

    KeyAges(KeyRegistry keys, Function<KeyType, KeyPolicy> policies) {
        this.keys = keys;
        this.policies = policies;
    }

    @Override
    public Check check() {
        return Check.KEY_AGE;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.KEY_DUE_SOON, AlertKind.KEY_AGE_HIGH, AlertKind.KEY_OVERDUE);
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        return keys.refresh().versions().stream()
                .filter(version -> version.state() == KeyState.ACTIVE)
                .map(version -> finding(version, policies.apply(version.type()).age(version, now)))
                .toList();
    }

    private static HealthFinding finding(KeyVersion version, double age) {
        AlertSubject subject = AlertSubject.key(version.id());
        String observed = percent(age) + " of its interval";
        if (age > OVERDUE) {
            return HealthFinding.of(
                    AlertKind.KEY_OVERDUE, Check.KEY_AGE, subject, observed, "at most " + percent(OVERDUE));
        }
        if (age > HIGH) {
            return HealthFinding.of(
                    AlertKind.KEY_AGE_HIGH, Check.KEY_AGE, subject, observed, "at most " + percent(HIGH));
        }
        if (age >= SOON && age < 1) {
            return HealthFinding.of(AlertKind.KEY_DUE_SOON, Check.KEY_AGE, subject, observed, "below " + percent(SOON));
        }
        return HealthFinding.well(Check.KEY_AGE, subject, observed, "at most " + percent(HIGH));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
