package io.reseal.rotation.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.rotation.internal.notify.Receiver.Post;
import io.reseal.rotation.internal.setting.SettingReader;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertChannelContract;
import io.reseal.rotation.spi.NotDeliveredException;
import io.reseal.testing.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WebhookChannelTest extends AlertChannelContract {

    private final TestClock clock = TestClock.standing();
    private Receiver receiver;

    @BeforeEach
    void start() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Override
    protected AlertChannel working() {
        return to(receiver.url("/hook"));
    }

    @Override
    protected Optional<AlertChannel> failing() throws IOException {
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Optional.of(to("http://127.0.0.1:" + gone.getLocalPort() + "/" + SECRET));
        }
    }

    @Override
    protected List<String> received() {
        return receiver.posts.stream().map(Post::body).toList();
    }

    private AlertChannel to(String url, String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "reseal.alerts.hosts", "127.0.0.1",
                "reseal.alerts.webhook.pager.url", url,
                "reseal.alerts.webhook.pager.secret", SECRET));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return new ChannelSettings(new SettingReader(settings), clock)
                .channels().stream()
                        .filter(channel -> channel.name().equals("pager"))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void signsTimeAndBodySoThatTheReceiverCanTellForgeriesAndRepeats() throws Exception {
        clock.set(Instant.parse("2026-03-01T10:00:00Z"));
        working().send(notice("row \"3\" <b>"));
        Post post = receiver.posts.get(0);
        String seconds = post.headers().getFirst("Reseal-Timestamp");
        assertThat(seconds).isEqualTo("1772359200");
        assertThat(post.headers().getFirst("Reseal-Signature")).isEqualTo("v1=" + hmac(seconds + "." + post.body()));
        assertThat(post.headers().getFirst("Reseal-Notice-Id")).isEqualTo("0d1e-42");
        assertThat(post.headers().getFirst("Content-Type")).isEqualTo("application/json; charset=utf-8");
    }

    private static String hmac(String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void sendsJson() throws Exception {
        working().send(notice("row \"3\" <b>"));
        JsonNode body = JsonMapper.shared().readTree(receiver.posts.get(0).body());
        assertThat(body.at("/id").asString()).isEqualTo("0d1e-42");
        assertThat(body.at("/reason").asString()).isEqualTo("RAISED");
        assertThat(body.at("/level").asInt()).isEqualTo(2);
        assertThat(body.at("/alerts/0/alert").asLong()).isEqualTo(17);
        assertThat(body.at("/alerts/0/evidence").asString()).isEqualTo("row \"3\" <b>");
        assertThat(body.at("/alerts/0/first_seen").asString()).isEqualTo("2026-03-01T10:00:00Z");
        assertThat(body.at("/alerts/0/resolved").isNull()).isTrue();
    }

    @Test
    void followsNoRedirect() {
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            receiver.answers(status);
            assertThatThrownBy(() -> working().send(notice("row 3")))
                    .isInstanceOf(NotDeliveredException.class)
                    .hasMessageContaining("answered " + status);
        }
        assertThat(receiver.posts).extracting(Post::path).hasSize(5).containsOnly("/hook");
    }

    @Test
    void takesOnlyTwoHundredsForSuccess() {
        for (int status : new int[] {400, 401, 404, 429, 500, 503}) {
            receiver.answers(status);
            assertThatThrownBy(() -> working().send(notice("row 3")))
                    .isInstanceOf(NotDeliveredException.class)
                    .hasMessageContaining("answered " + status);
        }
    }

    /** It accepts the connection, because the system does, and never answers. */
    @Test
    void givesUpWhereNoAnswerComes() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            AlertChannel channel =
                    to("http://127.0.0.1:" + silent.getLocalPort() + "/hook", "reseal.alerts.timeout", "PT0.2S");
            assertThatThrownBy(() -> channel.send(notice("row 3"))).isInstanceOf(NotDeliveredException.class);
        }
    }

    /** The headers come at once, and then a byte now and then. */
    @Test
    void givesUpWhereAnAnswerDoesNotEndAndLeaves() throws Exception {
        try (Trickle trickle = new Trickle()) {
            AlertChannel channel = to(
                    "http://127.0.0.1:" + trickle.port() + "/hook",
                    "reseal.alerts.timeout",
                    Duration.ofMillis(300).toString());
            assertThatThrownBy(() -> channel.send(notice("row 3"))).isInstanceOf(NotDeliveredException.class);
            Awaitility.await().atMost(Duration.ofSeconds(10)).until(trickle::isLeft);
        }
    }
}
