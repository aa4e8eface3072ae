package io.reseal.rotation.internal.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.internal.notify.Receiver.Post;
import io.reseal.rotation.internal.setting.SettingReader;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertChannelContract;
import io.reseal.testing.TestClock;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlackChannelTest extends AlertChannelContract {

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
        Map<String, String> settings = Map.of(
                "reseal.alerts.hosts",
                "127.0.0.1",
                "reseal.alerts.slack.security.url",
                receiver.url("/services/" + SECRET));
        return new ChannelSettings(new SettingReader(settings), TestClock.standing())
                .channels().stream()
                        .filter(channel -> channel.name().equals("security"))
                        .findFirst()
                        .orElseThrow();
    }

    @Override
    protected Optional<AlertChannel> failing() {
        receiver.answers(403);
        return Optional.of(working());
    }

    @Override
    protected List<String> received() {
        return receiver.posts.stream().map(Post::body).toList();
    }

    @Test
    void sendsTextThatCallsNobodyAndLinksNowhere() throws Exception {
        working().send(notice("row '<!channel> & <https://evil.example|click>'"));
        JsonNode body = JsonMapper.shared().readTree(receiver.posts.get(0).body());
        assertThat(body.propertyNames()).containsExactly("text");
        assertThat(body.at("/text").asString())
                .startsWith("[Reseal] level 2: CRITICAL KEY_STORE_TAMPERED (key store reseal_keystore)\n")
                .contains("row '&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;'")
                .doesNotContain("<", ">");
        assertThat(receiver.posts.get(0).path()).isEqualTo("/services/" + SECRET);
    }

    @Test
    void sendsTheBeginningOfWhatSlackWouldCut() throws Exception {
        working().send(notice("row 3, ".repeat(6_000)));
        JsonNode body = JsonMapper.shared().readTree(receiver.posts.get(0).body());
        assertThat(body.at("/text").asString())
                .startsWith("[Reseal] level 2: CRITICAL KEY_STORE_TAMPERED")
                .hasSize(30_000);
    }
}
