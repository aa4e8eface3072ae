package io.reseal.rotation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.reseal.rotation.internal.metric.Meters;
import io.reseal.rotation.internal.metric.Readings;

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
