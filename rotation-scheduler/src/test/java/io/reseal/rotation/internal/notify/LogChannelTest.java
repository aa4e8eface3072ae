package io.reseal.rotation.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.reseal.rotation.alert.AlertSeverity;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertChannelContract;
import io.reseal.rotation.spi.AlertNotice;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogChannelTest extends AlertChannelContract {

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LogChannel.class);

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
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

    @Test
    void whatIsCriticalIsAnErrorAndWhatIsOverIsForInformation() {
        AlertNotice critical = notice("row 3");
        AlertNotice.Subject alert = critical.alerts().get(0);
        AlertNotice.Subject warning = new AlertNotice.Subject(
                alert.alert(),
                alert.kind(),
                AlertSeverity.WARNING,
                alert.subject(),
                alert.evidence(),
                alert.remedy(),
                alert.firstSeen(),
                alert.lastSeen(),
                alert.count(),
                alert.resolved());
        for (AlertNotice notice : List.of(
                critical,
                new AlertNotice("1", AlertNotice.Reason.RAISED, 0, List.of(), List.of(warning)),
                new AlertNotice("2", AlertNotice.Reason.RESOLVED, 2, List.of(), List.of(alert)))) {
            new LogChannel().send(notice);
        }
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR, Level.WARN, Level.INFO);
    }

    @Test
    void aNoticeIsOneLineWhateverNamesAreInIt() {
        new LogChannel().send(notice("column t.c\n2026-03-01 INFO all is well", "row\r3"));
        assertThat(received()).singleElement().asString().doesNotContainPattern("\\R");
    }
}
