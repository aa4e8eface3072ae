package io.reseal.rotation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.reseal.keys.Direction;
import io.reseal.keys.Indicator;
import io.reseal.keys.KeyNode;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.event.EventState;
import io.reseal.rotation.internal.metric.Measured;
import io.reseal.rotation.internal.metric.Meters;
import io.reseal.rotation.internal.metric.Readings;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.schedule.ScheduledTask;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Meters of Micrometer: {@code new RotationMetrics(rotation).bindTo(registry)}. Only this class needs micrometer-core on the class path.
 *
 * <p>They tell of the whole key store, not of one node: whoever scrapes several nodes takes the maximum. A scrape costs one statement, and none
 * within ten seconds of the one before. Without an answer of the database, {@code reseal.up} is 0 and all others are NaN; nobody waits for
 * it longer than two seconds. Tags hold names of key types, states and kinds, never anything of an application's.
 */
public final class RotationMetrics implements MeterBinder {

    private final Readings readings;

    /** @param rotation opened, and open for as long as there is something to be shown */
    public RotationMetrics(KeyRotation rotation) {
        this(rotation.readings(System::nanoTime));
    }

    RotationMetrics(Readings readings) {
        this.readings = readings;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters.register(readings, registry);
    }
}
