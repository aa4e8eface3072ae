package io.reseal.rotation.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.rotation.internal.setting.SettingReader;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertChannelContract;
import io.reseal.rotation.spi.NotDeliveredException;
import io.reseal.testing.TestClock;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.helper.SimpleMessageListener;
import org.subethamail.smtp.server.SMTPServer;

class MailChannelTest extends AlertChannelContract {

    private static SSLContext tls;

    private final List<MimeMessage> messages = new CopyOnWriteArrayList<>();
    private final List<String> envelopes = new CopyOnWriteArrayList<>();
    private final List<SMTPServer> servers = new ArrayList<>();

    @BeforeAll
    static void makeCertificate(@TempDir Path directory) throws Exception {
        tls = new Certificate(directory, "ip:127.0.0.1").context();
    }

    @AfterEach
    void stop() {
        servers.forEach(SMTPServer::stop);
    }

    /** Protected, and asks for a login. */
    private int server() throws IOException {
        return start(SMTPServer.port(0)
                .startTlsSocketFactory(tls)
                .requireTLS()
                .requireAuth()
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {
                    if (!user.equals("reseal") || !password.equals(SECRET)) {
                        throw new LoginFailedException("wrong: " + password);
                    }
                })));
    }

    private int start(SMTPServer.Builder builder) throws IOException {
        SMTPServer server = builder.bindAddress(InetAddress.getLoopbackAddress())
                .hostName("localhost")
                .simpleMessageListener(new Mailbox())
                .build();
        server.start();
        servers.add(server);
        return server.getPortAllocated();
    }

    /** Has a message once for each of its recipients. */
    private final class Mailbox implements SimpleMessageListener {

        @Override
        public boolean accept(String from, String recipient) {
            return from.equals("reseal@example.com");
        }

        @Override
        public void deliver(String from, String recipient, InputStream data) throws IOException {
            envelopes.add(recipient);
            if (recipient.startsWith("ops@")) {
                messages.add(parsed(data));
            }
        }
    }

    private static MimeMessage parsed(InputStream data) throws IOException {
        try {
            return new MimeMessage(Session.getInstance(new Properties()), data);
        } catch (MessagingException e) {
            throw new IOException(e);
        }
    }

    private static AlertChannel to(int port, Object... more) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                "reseal.alerts.tls",
                tls,
                "reseal.alerts.mail.host",
                "127.0.0.1",
                "reseal.alerts.mail.port",
                port,
                "reseal.alerts.mail.from",
                "reseal@example.com",
                "reseal.alerts.mail.user",
                "reseal",
                "reseal.alerts.mail.password",
                SECRET));
        for (int i = 0; i < more.length; i += 2) {
            settings.put((String) more[i], more[i + 1]);
        }
        return new ChannelSettings(new SettingReader(settings), TestClock.standing())
                .channels().stream()
                        .filter(channel -> channel.name().equals("mail"))
                        .findFirst()
                        .orElseThrow();
    }

    @Override
    protected List<String> recipients() {
        return List.of("ops@example.com", "security@example.com");
    }

    @Override
    protected AlertChannel working() throws IOException {
        return to(server());
    }

    @Override
    protected Optional<AlertChannel> failing() throws IOException {
        return Optional.of(to(server(), "reseal.alerts.mail.password", SECRET + "-wrong"));
    }

    @Override
    protected List<String> received() throws Exception {
        List<String> texts = new ArrayList<>();
        for (MimeMessage message : messages) {
            texts.add(message.getSubject() + "\n" + message.getContent());
        }
        return texts;
    }

    @Test
    void goesToEveryAddressWithTheSameMessageIdOnEveryAttempt() throws Exception {
        AlertChannel channel = working();
        channel.send(notice("Zeile 3: Schlüssel"));
        channel.send(notice("Zeile 3: Schlüssel"));
        assertThat(envelopes)
                .containsExactly("ops@example.com", "security@example.com", "ops@example.com", "security@example.com");
        assertThat(messages).allSatisfy(message -> {
            assertThat(message.getMessageID()).isEqualTo("<0d1e-42@reseal>");
            assertThat(message.getHeader("To", ",")).contains("ops@example.com", "security@example.com");
            assertThat(message.getHeader("Auto-Submitted", ",")).isEqualTo("auto-generated");
            assertThat((String) message.getContent()).contains("Schlüssel");
        });
    }

    @Test
    void sendsNothingToAServerThatOffersNoProtection() throws Exception {
        AlertChannel channel = withoutLogin(start(SMTPServer.port(0)), "starttls", tls);
        assertThatThrownBy(() -> channel.send(notice("row 3"))).isInstanceOf(NotDeliveredException.class);
        assertThat(messages).isEmpty();
    }

    @Test
    void sendsNothingToAServerWithACertificateThatIsNotTrusted() throws Exception {
        AlertChannel channel = to(server(), "reseal.alerts.tls", SSLContext.getDefault());
        assertThatThrownBy(() -> channel.send(notice("row 3"))).isInstanceOf(NotDeliveredException.class);
        assertThat(messages).isEmpty();
    }

    @Test
    void sendsNothingToAServerWithACertificateOfAnotherHost(@TempDir Path directory) throws Exception {
        SSLContext other = new Certificate(directory, "dns:mail.example.com").context();
        int port = start(SMTPServer.port(0).startTlsSocketFactory(other).requireTLS());
        AlertChannel channel = withoutLogin(port, "starttls", other);
        assertThatThrownBy(() -> channel.send(notice("row 3"))).isInstanceOf(NotDeliveredException.class);
        assertThat(messages).isEmpty();
    }

    /** It accepts the connection, because the system does, and never answers. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void givesUpWhereNoAnswerComes() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            AlertChannel channel = to(silent.getLocalPort(), "reseal.alerts.timeout", "PT0.2S");
            assertThatThrownBy(() -> channel.send(notice("row 3"))).isInstanceOf(NotDeliveredException.class);
        }
    }

    @Test
    void aNameThatBreaksItsLineBeginsNoOtherHeader() throws Exception {
        working().send(notice("column t.c\r\nBcc: eve@example.org\r\n\r\nAll is well", "row 3"));
        assertThat(envelopes).containsExactly("ops@example.com", "security@example.com");
        assertThat(messages).singleElement().satisfies(message -> {
            assertThat(message.getHeader("Bcc")).isNull();
            assertThat(message.getSubject()).endsWith("(column t.c  Bcc: eve@example.org    All is well)");
        });
    }

    @Test
    void speaksTlsFromTheFirstByteWhereItIsToldTo() throws Exception {
        int port = start(SMTPServer.port(0).serverSocketFactory(tls));
        withoutLogin(port, "implicit", tls).send(notice("row 3"));
        assertThat(messages).isNotEmpty();
    }

    private static AlertChannel withoutLogin(int port, String security, SSLContext trusted) {
        Map<String, Object> settings = Map.of(
                "reseal.alerts.tls", trusted,
                "reseal.alerts.mail.host", "127.0.0.1",
                "reseal.alerts.mail.port", port,
                "reseal.alerts.mail.from", "reseal@example.com",
                "reseal.alerts.mail.tls", security);
        return new ChannelSettings(new SettingReader(settings), TestClock.standing())
                .channels()
                .get(1);
    }

    @Test
    void saysOfARefusalNothingButWhereAndWhichKind() throws Exception {
        int port = server();
        AlertChannel channel = to(port, "reseal.alerts.mail.password", "another");
        assertThatThrownBy(() -> channel.send(notice("row 3")))
                .hasMessage("The mail server 127.0.0.1:" + port + " did not take it (AuthenticationFailedException)."
                        + " Check reseal.alerts.mail.…, and that this node may connect to it");
    }
}
