package io.reseal.rotation.internal.notify;

import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.NotDeliveredException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Posts JSON, signed: the header {@code Reseal-Signature} holds {@code v1=} and the HMAC-SHA256, in hexadecimal, of the seconds in
 * {@code Reseal-Timestamp}, a full stop, and the body.
 */
final class WebhookChannel implements AlertChannel, NoticePath.Known {

    private static final String ALGORITHM = "HmacSHA256";

    private final String name;
    private final Endpoint to;
    private final SecretKeySpec secret;
    private final HttpPost http;
    private final InstantSource clock;

    WebhookChannel(String name, Endpoint to, String secret, Sending sending) {
        this.name = name;
        this.to = to;
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.http = sending.http();
        this.clock = sending.clock();
    }

    /** What webhooks share. */
    record Sending(HttpPost http, InstantSource clock) {}

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(AlertNotice notice) throws NotDeliveredException {
        String body = NoticeJson.message(notice);
        String seconds = Long.toString(clock.instant().getEpochSecond());
        http.send(
                to,
                body,
                Map.of(
                        "Reseal-Notice-Id",
                        notice.id(),
                        "Reseal-Timestamp",
                        seconds,
                        "Reseal-Signature",
                        "v1=" + signature(seconds + "." + body)));
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Every Java platform has " + ALGORITHM, e);
        }
    }

    @Override
    public NoticePath path() {
        return to.path();
    }

    @Override
    public String toString() {
        return "webhook " + name + " to " + to;
    }
}
