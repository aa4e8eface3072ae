package io.reseal.rotation.internal.health;

import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import io.reseal.rotation.internal.health.Connection.Protection;
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
        return connections().stream().map(NoticeTls::finding).toList();
    }

    private static HealthFinding finding(Connection channel) {
        return channel.isInClear()
                ? HealthFinding.of(
                        AlertKind.NOTICES_IN_CLEAR, Check.CONNECTION_TLS, channel.subject(), channel.found(), WELL)
                : HealthFinding.well(Check.CONNECTION_TLS, channel.subject(), channel.found(), WELL);
    }

    List<Connection> connections() {
        return deliveries.channels().stream()
                .distinct()
                .map(NoticeTls::connection)
                .toList();
    }

    private static Connection connection(AlertChannel channel) {
        NoticePath path = NoticePath.of(channel);
        Protection known = path.isInClear() ? Protection.IN_CLEAR : Protection.PROTECTED;
        return new Connection(
                AlertSubject.channel(channel.name()),
                path.isKnown() ? known : Protection.UNKNOWN,
                path.described(),
                "the settings of this process' channels for alerts");
    }
}
