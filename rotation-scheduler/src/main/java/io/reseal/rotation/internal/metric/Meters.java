package io.reseal.rotation.internal.metric;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyType;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Gauges of what was measured, in a registry of Micrometer. */
public final class Meters {

    private final Readings readings;
    private final MeterRegistry registry;

    private Meters(Readings readings, MeterRegistry registry) {
        this.readings = readings;
        this.registry = registry;
    }

    /** All that there are; they hold the readings. */
    public static void register(Readings readings, MeterRegistry registry) {
        Meters meters = new Meters(readings, registry);
        List<KeyType> types = readings.types();
        meters.up();
        types.forEach(type -> KeyMeters.register(meters, type));
        types.forEach(type -> MigrationMeters.register(meters, type));
        QueueMeters.register(meters, types);
        ErrorMeters.register(meters);
        TaskMeters.register(meters);
    }

    private void up() {
        register(Gauge.builder("reseal.up", readings, all -> all.latest().isPresent() ? 1 : 0)
                .description("Whether Reseal's tables could be read")
                .strongReference(true));
    }

    Optional<KeyPolicy> policy(KeyType type) {
        return readings.policy(type);
    }

    static Tags of(KeyType type) {
        return Tags.of("key.type", type.name());
    }

    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    void gauge(String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
        register(builder(name, description, tags, value));
    }

    void seconds(String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
        register(builder(name, description, tags, value).baseUnit("seconds"));
    }

    void rows(String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
        register(builder(name, description, tags, value).baseUnit(BaseUnits.ROWS));
    }

    private Gauge.Builder<Readings> builder(
            String name, String description, Tags tags, ToDoubleFunction<Measured> value) {
        return Gauge.builder(
                        name,
                        readings,
                        from -> from.latest().map(value::applyAsDouble).orElse(Double.NaN))
                .description(description)
                .tags(tags)
                .strongReference(true);
    }

    private void register(Gauge.Builder<Readings> builder) {
        Objects.requireNonNull(builder.register(registry));
    }
}
