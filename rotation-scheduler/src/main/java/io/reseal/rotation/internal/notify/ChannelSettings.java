package io.reseal.rotation.internal.notify;

import io.reseal.rotation.internal.notify.MailServer.Security;
import io.reseal.rotation.internal.setting.SettingReader;
import io.reseal.rotation.spi.AlertChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** Makes the channels that settings describe: {@code log}, which is always there, {@code mail}, webhooks, and an application's own. */
public final class ChannelSettings {

    /** The hosts that webhooks may lead to. */
    static final String HOSTS = "reseal.alerts.hosts";

    static final String MAIL = "reseal.alerts.mail.";
    static final String MAIL_TLS = MAIL + "tls";
    static final String MAIL_USER = MAIL + "user";

    private static final String WEBHOOK = "reseal.alerts.webhook.";
    private static final String SLACK = "reseal.alerts.slack.";
    private static final String CHANNELS = "reseal.alerts.channels";
    private static final String TLS = "reseal.alerts.tls";
    private static final String TIMEOUT = "reseal.alerts.timeout";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);
    private static final int SUBMISSION = 587;
    private static final int MAX_PORT = 65_535;
    private static final int MIN_SECRET = 16;
    private static final String NAME = "[a-z0-9-]{1,40}";

    private final SettingReader settings;
    private final InstantSource clock;
    private final Duration timeout;
    private final Optional<SSLContext> tls;
    private final HttpPost http;
    private final Set<String> hosts;

    /** @param clock dates signatures and mail */
    public ChannelSettings(SettingReader settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.timeout = timeout(settings.duration(TIMEOUT, DEFAULT_TIMEOUT));
        this.tls = settings.instance(TLS, SSLContext.class);
        this.http = new HttpPost(timeout, tls);
        this.hosts = settings.text(HOSTS).stream()
                .flatMap(text -> settings.list(HOSTS, text).stream())
                .map(host -> host.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Duration timeout(Duration timeout) {
        if (timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
            throw SettingReader.invalid(TIMEOUT, timeout, "it must be positive, and at most " + MAX_TIMEOUT);
        }
        return timeout;
    }

    /** Every channel, each by a name of its own. */
    public List<AlertChannel> channels() {
        List<AlertChannel> all = new ArrayList<>(List.of(new LogChannel()));
        mail().ifPresent(all::add);
        settings.namesBelow(WEBHOOK).forEach(name -> all.add(webhook(name)));
        settings.namesBelow(SLACK).forEach(name -> all.add(slack(name)));
        settings.instance(CHANNELS, Collection.class).ifPresent(own -> {
            for (Object channel : own) {
                all.add(own(channel));
            }
        });
        requireNames(all);
        return List.copyOf(all);
    }

    private static AlertChannel own(Object channel) {
        if (channel instanceof AlertChannel own) {
            return own;
        }
        throw SettingReader.unusable(
                CHANNELS,
                "holds a " + channel.getClass().getName() + ": it takes a collection of "
                        + AlertChannel.class.getName());
    }

    private static void requireNames(List<AlertChannel> all) {
        List<String> names = all.stream().map(AlertChannel::name).toList();
        for (String name : names) {
            if (!name.matches(NAME)) {
                throw SettingReader.unusable(
                        CHANNELS,
                        "or a webhook has the name '" + name + "': use a to z, digits and hyphens, 40 at most");
            }
            if (names.indexOf(name) != names.lastIndexOf(name)) {
                throw SettingReader.unusable(
                        CHANNELS, "or another one gives two channels the name '" + name + "': give each its own");
            }
        }
    }

    private AlertChannel webhook(String name) {
        String secret = settings.required(
                WEBHOOK + name + ".secret",
                "it takes what the receiver checks signatures with; make one by openssl rand -hex 32");
        if (secret.length() < MIN_SECRET) {
            throw SettingReader.unusable(
                    WEBHOOK + name + ".secret",
                    "is shorter than " + MIN_SECRET + " characters: make one by openssl rand -hex 32");
        }
        return new WebhookChannel(name, endpoint(WEBHOOK + name), secret, new WebhookChannel.Sending(http, clock));
    }

    private AlertChannel slack(String name) {
        return new SlackChannel(name, endpoint(SLACK + name), http);
    }

    private Endpoint endpoint(String prefix) {
        String url = settings.required(prefix + ".url", "it takes the address that notices are posted to");
        return Endpoint.of(prefix + ".url", url, hosts, settings.isTrue(prefix + ".plain-http"));
    }

    private Optional<AlertChannel> mail() {
        return settings.namesBelow(MAIL).isEmpty() ? Optional.empty() : Optional.of(new MailChannel(server(), clock));
    }

    private MailServer server() {
        String from = settings.required(MAIL + "from", "it takes the address of the sender");
        if (!MailChannel.isAddress(from)) {
            throw SettingReader.invalid(MAIL + "from", from, "use a mail address");
        }
        return new MailServer(
                settings.required(MAIL + "host", "it takes the name of the mail server"),
                settings.number(MAIL + "port", SUBMISSION, 1, MAX_PORT),
                security(),
                from,
                login(),
                timeout,
                tls);
    }

    private Security security() {
        String value = settings.text(MAIL_TLS).orElse("starttls");
        return switch (value) {
            case "starttls" -> Security.STARTTLS;
            case "implicit" -> Security.IMPLICIT;
            case "none" -> Security.NONE;
            default -> throw SettingReader.invalid(MAIL_TLS, value, "use starttls, implicit or none");
        };
    }

    private Optional<MailServer.Login> login() {
        Optional<String> password = settings.text(MAIL + "password");
        Optional<String> user = settings.text(MAIL_USER);
        if (user.isPresent() != password.isPresent()) {
            throw SettingReader.unusable(
                    user.isPresent() ? MAIL + "password" : MAIL_USER, "is missing: a login takes both, or neither");
        }
        return user.flatMap(name -> password.map(secret -> new MailServer.Login(name, secret)));
    }
}
