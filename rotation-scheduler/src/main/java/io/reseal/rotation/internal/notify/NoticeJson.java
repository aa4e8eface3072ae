package io.reseal.rotation.internal.notify;

import io.reseal.rotation.spi.AlertNotice;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Notices as JSON, with names_like_this. */
public final class NoticeJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private NoticeJson() {}

    record Message(
            String id,
            AlertNotice.Reason reason,
            int level,
            String title,
            List<String> recipients,
            List<AlertNotice.Subject> alerts) {}

    /** What a webhook is sent. */
    static String message(AlertNotice notice) {
        return JSON.writeValueAsString(new Message(
                notice.id(), notice.reason(), notice.level(), notice.title(), notice.recipients(), notice.alerts()));
    }

    /** What Slack, and what understands the same, is sent. */
    static String text(String text) {
        return JSON.writeValueAsString(Map.of("text", text));
    }

    /** As the outbox keeps them. */
    public static String write(List<AlertNotice.Subject> alerts) {
        return JSON.writeValueAsString(alerts);
    }

    /** What {@link #write} wrote. */
    public static List<AlertNotice.Subject> read(String alerts) {
        return List.of(JSON.readValue(alerts, AlertNotice.Subject[].class));
    }
}
