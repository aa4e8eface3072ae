package io.reseal.rotation.internal.pace;

import io.reseal.rotation.internal.jdbc.LoadSignals;
import io.reseal.rotation.internal.jdbc.LoadValue;
import io.reseal.rotation.internal.jdbc.Traffic;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalReading;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges what the database tells about itself. */
final class DatabaseLoad {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseLoad.class);
    private static final double MIB = 1L << 20;
    private static final double MILLIS = 1_000;

    private final Jdbi jdbi;
    private final LoadSignals signals;
    private final PaceOptions options;
    private final List<String> tables;
    private final Clock clock;
    private List<SignalReading> known = List.of();
    private Instant counted = Instant.MIN;
    private long logBytes;
    private SignalReading logRate = SignalReading.unavailable(Signal.WAL_RATE, "not measured yet");

    DatabaseLoad(Pacemaker.Surroundings around, List<String> tables) {
        this.jdbi = around.jdbi();
        this.signals = around.signals();
        this.options = around.options();
        this.tables = List.copyOf(tables);
        this.clock = around.clock();
    }

    /** Those that were known are unavailable once the database does not answer any more. */
    List<SignalReading> readings() {
        try {
            known = read();
        } catch (SQLException | RuntimeException e) {
            LOG.debug("The signals could not be read: {}", e.getClass().getName());
            known = known.stream()
                    .map(reading -> SignalReading.unavailable(reading.signal(), "the database did not answer"))
                    .toList();
        }
        return known;
    }

    private List<SignalReading> read() throws SQLException {
        List<LoadValue> values =
                jdbi.<List<LoadValue>, SQLException>withHandle(handle -> signals.read(handle.getConnection(), tables));
        List<SignalReading> readings = new ArrayList<>();
        values.forEach(value -> readings.add(reading(value)));
        if (readings.stream().noneMatch(reading -> reading.signal() == Signal.WAL_RATE)) {
            readings.add(logRate());
        }
        return readings;
    }

    private SignalReading reading(LoadValue value) {
        return value.value()
                .map(number ->
                        SignalReading.of(value.signal(), number, options.threshold(value.signal()), value.reason()))
                .orElseGet(() -> SignalReading.unavailable(value.signal(), value.reason()));
    }

    private synchronized SignalReading logRate() {
        return logRate;
    }

    synchronized void counted(Traffic traffic) {
        Instant now = clock.instant();
        if (counted.isAfter(Instant.MIN)) {
            double seconds = Math.max(1, Duration.between(counted, now).toMillis()) / MILLIS;
            double rate = (traffic.logBytes() - logBytes) / MIB / seconds;
            logRate = SignalReading.of(
                    Signal.WAL_RATE,
                    rate,
                    options.threshold(Signal.WAL_RATE),
                    String.format(Locale.ROOT, "the server writes %.1f MiB/s to its log", rate));
        }
        counted = now;
        logBytes = traffic.logBytes();
    }
}
