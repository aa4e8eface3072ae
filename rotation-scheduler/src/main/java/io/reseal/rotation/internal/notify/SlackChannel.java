package io.reseal.rotation.internal.notify;

import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.NotDeliveredException;
import java.util.Map;

/** Posts {@code {"text": …}} to an incoming webhook of Slack, or of what understands the same. */
final class SlackChannel implements AlertChannel, NoticePath.Known {

    /** Slack cuts what is longer. */
    private static final int MAX = 30_000;

    private final String name;
    private final Endpoint to;
    private final HttpPost http;

    SlackChannel(String name, Endpoint to, HttpPost http) {
        this.name = name;
        this.to = to;
        this.http = http;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(AlertNotice notice) throws NotDeliveredException {
        String text = notice.title() + "\n" + notice.text();
        http.send(to, NoticeJson.text(escaped(text.substring(0, Math.min(MAX, text.length())))), Map.of());
    }

    /** Without it, a name in a table could call everybody, or show a link that leads elsewhere. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    public NoticePath path() {
        return to.path();
    }

    @Override
    public String toString() {
        return "slack " + name + " to " + to;
    }
}
