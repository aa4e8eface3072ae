package io.reseal.rotation.internal.alert;

import io.reseal.rotation.alert.AlertDispatch;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * Says which node sends a notice, so that of many one does. Whose lease has run out loses it to another one: what that node had sent
 * without noting it is sent again, with the same id.
 */
public final class OutboxClaims {

    /** Longer than any channel may take. */
    public static final Duration LEASE = Duration.ofMinutes(2);

    private static final int MAX_FAILURE = 1_000;

    private final Outbox outbox;

    public OutboxClaims(Outbox outbox) {
        this.outbox = outbox;
    }

    /** A notice that this node sends. */
    public record Claim(AlertDispatch dispatch, String token) {}

    /** The next one of a channel that is due and that nobody sends. */
    public Optional<Claim> next(String channel, Instant now) {
        for (String id : candidates(channel, now)) {
            Optional<Claim> claim = outbox.inTransaction(handle -> claim(handle, id, now));
            if (claim.isPresent()) {
                return claim;
            }
        }
        return Optional.empty();
    }

    /** The next one that was due before {@code before}, for a channel that is not among {@code channels}. */
    public Optional<Claim> nextWithout(List<String> channels, Instant before, Instant now) {
        List<String> waiting = outbox.inTransaction(handle -> handle.createQuery("""
                        SELECT id FROM reseal_notification
                        WHERE state = 'PENDING' AND ready_at < :before AND channel NOT IN (<channels>)
                        ORDER BY ready_at, id FETCH FIRST 1 ROWS ONLY
                        """)
                .bind("before", before)
                .bindList("channels", channels)
                .mapTo(String.class)
                .list());
        return waiting.stream()
                .flatMap(id -> outbox.inTransaction(handle -> claim(handle, id, now)).stream())
                .findFirst();
    }

    private List<String> candidates(String channel, Instant now) {
        return outbox.inTransaction(handle -> handle.createQuery("""
                        SELECT id FROM reseal_notification
                        WHERE state = 'PENDING' AND channel = :channel AND ready_at <= :now
                          AND (token IS NULL OR lease_until < :now OR lease_until > :until)
                        ORDER BY ready_at, written_at, id FETCH FIRST 20 ROWS ONLY
                        """)
                .bind("channel", channel)
                .bind("now", now)
                .bind("until", now.plus(LEASE))
                .mapTo(String.class)
                .list());
    }

    /** One that reaches further than a lease was not written here: nobody is kept out for ever. */
    private static Optional<Claim> claim(Handle handle, String id, Instant now) {
        String token = UUID.randomUUID().toString();
        int claimed = handle.createUpdate("""
                        UPDATE reseal_notification SET token = :token, lease_until = :until, attempts = attempts + 1
                        WHERE id = :id AND state = 'PENDING' AND ready_at <= :now
                          AND (token IS NULL OR lease_until < :now OR lease_until > :until)
                        """)
                .bind("token", token)
                .bind("until", now.plus(LEASE))
                .bind("id", id)
                .bind("now", now)
                .execute();
        return claimed == 0
                ? Optional.empty()
                : handle.createQuery("SELECT * FROM reseal_notification WHERE id = :id")
                        .bind("id", id)
                        .map(Outbox::read)
                        .findOne()
                        .map(dispatch -> new Claim(dispatch, token));
    }

    /** It was taken. */
    public void sent(Claim claim, Instant now) {
        outbox.inTransaction(handle -> handle.createUpdate("""
                        UPDATE reseal_notification
                        SET state = 'SENT', sent_at = :now, token = NULL, lease_until = NULL, failure = NULL
                        WHERE id = :id AND token = :token
                        """)
                .bind("now", now)
                .bind("id", claim.dispatch().notice().id())
                .bind("token", claim.token())
                .execute());
    }

    /** It was not taken, and is tried again from {@code next} on. */
    public void failed(Claim claim, String failure, Instant next) {
        outbox.inTransaction(handle -> isFreed(handle, claim, failure, "PENDING", next));
    }

    /**
     * It was not taken, and waits for a person, whom an alert tells of it.
     *
     * @return the evidence of the alert, unless another node has the notice by now
     */
    public Optional<String> dead(Claim claim, String failure, Instant now) {
        AlertDispatch dispatch = claim.dispatch();
        String evidence = "notice " + dispatch.notice().id() + " ("
                + dispatch.notice().title() + ") was not taken in " + dispatch.attempts() + " attempts: " + failure;
        Sighting sighting =
                new Sighting(AlertKind.NOTIFICATION_FAILED, AlertSubject.channel(dispatch.channel()), evidence, 1);
        boolean isDead = outbox.inTransaction(handle -> {
            boolean isFreed = isFreed(handle, claim, failure, "DEAD", now);
            if (isFreed) {
                AlertStore.raise(handle, sighting);
            }
            return isFreed;
        });
        return isDead ? Optional.of(sighting.evidence()) : Optional.empty();
    }

    private static boolean isFreed(Handle handle, Claim claim, String failure, String state, Instant ready) {
        return handle.createUpdate("""
                        UPDATE reseal_notification
                        SET state = :state, ready_at = :ready, token = NULL, lease_until = NULL, failure = :failure
                        WHERE id = :id AND token = :token
                        """)
                        .bind("state", state)
                        .bind("ready", ready)
                        .bind("failure", failure.substring(0, Math.min(MAX_FAILURE, failure.length())))
                        .bind("id", claim.dispatch().notice().id())
                        .bind("token", claim.token())
                        .execute()
                == 1;
    }

    /** Whether a notice of the channel waits for a person, or for being sent because of one. */
    public boolean hasDeadLetters(String channel) {
        return outbox.inTransaction(handle -> handle.createQuery("""
                        SELECT COUNT(*) FROM reseal_notification
                        WHERE channel = :channel AND (state = 'DEAD' OR (state = 'PENDING' AND demanded = TRUE))
                        """)
                        .bind("channel", channel)
                        .mapTo(Long.class)
                        .one())
                > 0;
    }
}
