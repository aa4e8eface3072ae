package io.reseal.rotation.internal.notify;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertChannelContract;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.slf4j.LoggerFactory;

class LogChannelTest extends AlertChannelContract {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LogChannel.class);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
    }

    @Override
    protected AlertChannel working() {
        return new LogChannel();
    }

    @Override
    protected Optional<AlertChannel> failing() {
        return Optional.empty();
    }

    @Override
    protected List<String> received() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }
}
