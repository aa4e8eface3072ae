package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.rotation.AlertRouting.Level;
import io.reseal.rotation.AlertRouting.Route;
import io.reseal.rotation.AlertRouting.WeekTime;
import io.reseal.rotation.spi.AlertChannel;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertRoutingTest {

    private static final String SECRET = "s3cret-0123456789abcdef";

    private static Map<String, Object> with(Object... more) {
        Map<String, Object> settings = new HashMap<>(Map.of("hibernate.show_sql", "false"));
        for (int i = 0; i < more.length; i += 2) {
            settings.put((String) more[i], more[i + 1]);
        }
        return settings;
    }

    @Test
    void withoutSettingsEverybodyIsToldByTheLogWithTheDelaysOfTheProcedures() {
        AlertRouting routing = AlertRouting.from(with());
        Route log = new Route(Map.of("log", List.of()));
        assertThat(routing.levels())
                .containsExactly(
                        new Level(1, Duration.ZERO, log),
                        new Level(2, Duration.ofMinutes(15), log),
                        new Level(3, Duration.ofMinutes(30), log),
                        new Level(4, Duration.ofHours(1), log));
        assertThat(routing.warning()).isEqualTo(log);
        assertThat(routing.information()).isEqualTo(log);
        assertThat(routing.digest()).isEqualTo(new WeekTime(DayOfWeek.MONDAY, LocalTime.of(6, 0)));
        assertThat(routing.channels()).extracting(AlertChannel::name).containsExactly("log");
    }

    @Test
    void contactsBecomeRoutesAndAddressesOfOneChannelAreOneNotice() {
        AlertRouting routing = AlertRouting.from(with(
                "reseal.alerts.hosts", "Hooks.Example.com, 127.0.0.1",
                "reseal.alerts.webhook.pager.url", "https://hooks.example.com/a",
                "reseal.alerts.webhook.pager.secret", SECRET,
                "reseal.alerts.slack.ops-room.url", "http://127.0.0.1:8080/" + SECRET,
                "reseal.alerts.mail.host", "mail.example.com",
                "reseal.alerts.mail.from", "reseal@example.com",
                "reseal.alerts.mail.user", "reseal",
                "reseal.alerts.mail.password", SECRET,
                "reseal.contacts.operations", "mail:ops@example.com, pager",
                "reseal.contacts.security", "mail:security@example.com, ops-room",
                "reseal.contacts.legal", "mail:counsel@example.org",
                "reseal.contacts.night-shift", "log",
                "reseal.alerts.level.2", "security, operations, night-shift",
                "reseal.alerts.level.2.after", "PT10M",
                "reseal.alerts.digest", "friday 17:30"));
        assertThat(routing.levels().get(1))
                .isEqualTo(new Level(
                        2,
                        Duration.ofMinutes(10),
                        new Route(Map.of(
                                "mail", List.of("security@example.com", "ops@example.com"),
                                "ops-room", List.of(),
                                "pager", List.of(),
                                "log", List.of()))));
        assertThat(routing.contacts())
                .containsOnlyKeys("operations", "security", "legal", "night-shift")
                .containsEntry("legal", List.of("mail:counsel@example.org"));
        assertThat(routing.digest()).isEqualTo(new WeekTime(DayOfWeek.FRIDAY, LocalTime.of(17, 30)));
        assertThat(routing.toString()).doesNotContain(SECRET).contains("https://hooks.example.com");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            reseal.contacts.oprations | log | reseal.contacts.oprations is not known
            reseal.alerts.wranings | operations | reseal.alerts.wranings is not known
            reseal.alerts.warning | nobody | names the contact nobody, which is not there: add reseal.contacts.nobody
            reseal.contacts.security | pigeon:7 | names the channel pigeon, which is not there: use one of [log]
            reseal.contacts.security | mail:a@b.example | names the channel mail, which is not there
            reseal.alerts.level.3.after | PT1M | must not be shorter than that of the level before, PT15M
            reseal.alerts.level.2.after | soon | use an ISO-8601 duration
            reseal.alerts.level.2.after | PT-1M | it must not be negative
            reseal.alerts.digest | someday 06:00 | for example MONDAY 06:00
            reseal.alerts.digest | MONDAY | for example MONDAY 06:00
            reseal.alerts.attempts | 0 | use a whole number from 1 to 100
            reseal.alerts.pause | PT0S | it must be positive
            reseal.alerts.timeout | PT2M | at most PT30S
            reseal.alerts.channels | a-name | takes an instance of java.util.Collection
            reseal.alerts.tls | on | takes an instance of javax.net.ssl.SSLContext
            reseal.alerts.webhook.pager.url | https://a.example | reseal.alerts.webhook.pager.secret is missing
            reseal.alerts.mail.user | me | reseal.alerts.mail.from is missing
            """)
    void namesTheSettingAndTheRemedy(String name, String value, String problem) {
        assertThatThrownBy(() -> AlertRouting.from(with(name, value)))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining(
                        name.startsWith("reseal.alerts.mail") ? "reseal.alerts.mail" : name.replace(".url", ""))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://other.example/s3cret-0123456789abcdef | leads to the host other.example, which is not on the list
            https://hooks.example.com.other.example/s3cret-0123456789abcdef | which is not on the list
            https://other-hooks.example.com/s3cret-0123456789abcdef | leads to the host other-hooks.example.com, which is not on the list
            http://127.0.0.1.nip.example/s3cret-0123456789abcdef | leads to 127.0.0.1.nip.example without TLS
            https://hooks.example.com@other.example/s3cret-0123456789abcdef | is no address for notices
            http://hooks.example.com/s3cret-0123456789abcdef | without TLS: use https://, or set reseal.alerts.webhook.pager.plain-http
            ftp://hooks.example.com/s3cret-0123456789abcdef | is no address for notices
            //hooks.example.com/s3cret-0123456789abcdef | is no address for notices
            https://hooks.example.com/{s3cret-0123456789abcdef | is no URL
            """)
    void refusesAddressesThatAreNotAllowedWithoutQuotingThem(String url, String problem) {
        assertThatThrownBy(() -> AlertRouting.from(with(
                        "reseal.alerts.hosts", "hooks.example.com, 127.0.0.1.nip.example",
                        "reseal.alerts.webhook.pager.url", url,
                        "reseal.alerts.webhook.pager.secret", SECRET)))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("reseal.alerts.webhook.pager.url")
                .hasMessageContaining(problem)
                .message()
                .doesNotContain("s3cret");
    }

    @Test
    void sendsInClearWhereSomebodySaidSo() {
        AlertRouting routing = AlertRouting.from(with(
                "reseal.alerts.hosts", "hooks.example.com",
                "reseal.alerts.webhook.pager.url", "http://hooks.example.com/a",
                "reseal.alerts.webhook.pager.plain-http", "true",
                "reseal.alerts.webhook.pager.secret", SECRET));
        assertThat(routing.channels()).extracting(AlertChannel::name).containsExactly("log", "pager");
    }

    @Test
    void refusesAShortSecretAndAPasswordInClearWithoutQuotingThem() {
        assertThatThrownBy(() -> AlertRouting.from(with(
                        "reseal.alerts.hosts", "hooks.example.com",
                        "reseal.alerts.webhook.pager.url", "https://hooks.example.com/a",
                        "reseal.alerts.webhook.pager.secret", "hunter2")))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("shorter than 16")
                .message()
                .doesNotContain("hunter2");
        assertThatThrownBy(() -> AlertRouting.from(with(
                        "reseal.alerts.mail.host", "mail.example.com",
                        "reseal.alerts.mail.from", "reseal@example.com",
                        "reseal.alerts.mail.user", "reseal",
                        "reseal.alerts.mail.password", SECRET,
                        "reseal.alerts.mail.tls", "none")))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("reseal.alerts.mail.tls")
                .message()
                .doesNotContain(SECRET);
    }

    @Test
    void refusesTwoChannelsOfOneName() {
        assertThatThrownBy(
                        () -> AlertRouting.from(with("reseal.alerts.channels", List.of(new RecordingChannel("log")))))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("two channels the name 'log'");
        assertThatThrownBy(() ->
                        AlertRouting.from(with("reseal.alerts.channels", List.of(new RecordingChannel("Big Bell")))))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("the name 'Big Bell'");
    }

    @Test
    void refusesMoreAddressesThanARowOfTheOutboxHolds() {
        String address = "mail:" + "a".repeat(60) + "%d@example.com";
        String team = IntStream.range(0, 60).mapToObj(address::formatted).collect(Collectors.joining(", "));
        assertThatThrownBy(() -> AlertRouting.from(with(
                        "reseal.alerts.mail.host", "mail.example.com",
                        "reseal.alerts.mail.from", "reseal@example.com",
                        "reseal.contacts.operations", team)))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("reseal.alerts.level.1")
                .hasMessageContaining("more addresses on mail than 4000 characters");
    }

    @Test
    void aMailContactNeedsAnAddress() {
        for (String target : List.of("mail", "mail:ops", "mail:a@b.example\nBcc: c@d.example", "mail:a b@c.example")) {
            assertThatThrownBy(() -> AlertRouting.from(with(
                            "reseal.alerts.mail.host", "mail.example.com",
                            "reseal.alerts.mail.from", "reseal@example.com",
                            "reseal.contacts.operations", target)))
                    .isInstanceOf(ResealConfigurationException.class)
                    .hasMessageContaining("reseal.contacts.operations");
        }
    }

    @Test
    void pausesDoubleUpToAnHour() {
        AlertRouting.Retries retries = new AlertRouting.Retries(100, Duration.ofSeconds(30));
        assertThat(retries.pauseAfter(1)).isEqualTo(Duration.ofSeconds(30));
        assertThat(retries.pauseAfter(2)).isEqualTo(Duration.ofMinutes(1));
        assertThat(retries.pauseAfter(7)).isEqualTo(Duration.ofMinutes(32));
        assertThat(retries.pauseAfter(8)).isEqualTo(Duration.ofHours(1));
        assertThat(retries.pauseAfter(100)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aWeekEndsAtItsTimeInUtc() {
        WeekTime monday = new WeekTime(DayOfWeek.MONDAY, LocalTime.of(6, 0));
        assertThat(monday.before(Instant.parse("2026-11-23T06:00:00Z"))).isEqualTo("2026-11-23T06:00:00Z");
        assertThat(monday.before(Instant.parse("2026-11-23T05:59:59Z"))).isEqualTo("2026-11-16T06:00:00Z");
        assertThat(monday.before(Instant.parse("2026-11-29T23:00:00Z"))).isEqualTo("2026-11-23T06:00:00Z");
    }
}
