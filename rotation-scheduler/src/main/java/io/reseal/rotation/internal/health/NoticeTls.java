package io.reseal.rotation.internal.health;

import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.internal.notify.NoticePath;
import io.reseal.rotation.spi.AlertChannel;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Whether alerts leave this process protected, by how their channels are configured. */
final class NoticeTls implements Look {

    private static final String WELL = "TLS, or no further than this machine";

    private final Deliveries deliveries;

    NoticeTls(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @Override
    public Check check() {
        return Check.CONNECTION_TLS;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.NOTICES_IN_CLEAR);
    }

    /** A process that delivers nothing knows nothing of those that do. */
    @Override
    public boolean sawAll() {
        return deliveries.areOpen();
    }

    @Override
    public List<HealthFinding> at(Instant now) {
        return deliveries.channels().stream().distinct().map(NoticeTls::finding).toList();
    }

    private static HealthFinding finding(AlertChannel channel) {
        AlertSubject subject = AlertSubject.channel(channel.name());
        NoticePath path = NoticePath.of(channel);
        return path.isInClear()
                ? HealthFinding.of(AlertKind.NOTICES_IN_CLEAR, Check.CONNECTION_TLS, subject, path.described(), WELL)
                : HealthFinding.well(Check.CONNECTION_TLS, subject, path.described(), WELL);
    }
}
