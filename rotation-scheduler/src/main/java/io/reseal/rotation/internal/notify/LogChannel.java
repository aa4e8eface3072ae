package io.reseal.rotation.internal.notify;

import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.internal.alert.OneLine;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes to this node's log, one line for a notice. */
public final class LogChannel implements AlertChannel {

    /** What routes call it. */
    public static final String NAME = "log";

    private static final Logger LOG = LoggerFactory.getLogger(LogChannel.class);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void send(AlertNotice notice) {
        String line = OneLine.of(notice.title() + ". " + notice.text());
        if (notice.reason() != AlertNotice.Reason.RAISED) {
            LOG.info("{}", line);
        } else if (notice.alerts().stream().anyMatch(alert -> alert.severity() == AlertSeverity.CRITICAL)) {
            LOG.error("{}", line);
        } else {
            LOG.warn("{}", line);
        }
    }
}
