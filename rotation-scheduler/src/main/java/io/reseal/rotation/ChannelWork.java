package io.reseal.rotation;

import io.reseal.rotation.AlertRouting.Retries;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.internal.alert.OutboxClaims;
import io.reseal.rotation.internal.alert.OutboxClaims.Claim;
import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.NotDeliveredException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends what waits for one channel, one notice after the other, and keeps what goes wrong to itself. */
final class ChannelWork {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelWork.class);

    /** In one go: the next tick sends the rest. */
    private static final int MOST = 100;

    /** One notice may be at fault; after the second failure in a row it is the channel, and each costs its timeout. */
    private static final int FAILURES = 2;

    private final AlertChannel channel;
    private final OutboxClaims claims;
    private final Retries retries;
    private final InstantSource clock;
    private final AtomicBoolean isBusy = new AtomicBoolean();
    private volatile boolean isStopped;

    ChannelWork(AlertChannel channel, OutboxClaims claims, Retries retries, InstantSource clock) {
        this.channel = channel;
        this.claims = claims;
        this.retries = retries;
        this.clock = clock;
    }

    /** Returns how many notices were taken; none if an earlier tick still waits for this channel. */
    int drain() {
        if (!isBusy.compareAndSet(false, true)) {
            LOG.warn(
                    "The channel {} has not returned since the last tick, and gets nothing more to send",
                    channel.name());
            return 0;
        }
        try {
            return sendAll();
        } catch (RuntimeException e) {
            LOG.warn("What waits for the channel {} could not be sent, and is tried again", channel.name(), e);
            return 0;
        } finally {
            isBusy.set(false);
        }
    }

    /** After the notice that is being sent, no other one. */
    void stop() {
        isStopped = true;
    }

    private int sendAll() {
        int sent = 0;
        int failures = 0;
        for (int i = 0; i < MOST && failures < FAILURES && !isStopped; i++) {
            Optional<Claim> claim = claims.next(channel.name(), clock.instant());
            if (claim.isEmpty()) {
                return sent;
            }
            if (isSent(claim.get())) {
                sent++;
                failures = 0;
            } else {
                failures++;
            }
        }
        return sent;
    }

    private boolean isSent(Claim claim) {
        try {
            channel.send(claim.dispatch().notice());
        } catch (NotDeliveredException e) {
            failed(claim, String.valueOf(e.getMessage()));
            return false;
        } catch (RuntimeException e) {
            failed(claim, "The channel threw " + e.getClass().getName()); // its message could quote anything
            return false;
        }
        claims.sent(claim, clock.instant());
        return true;
    }

    private void failed(Claim claim, String failure) {
        int attempts = claim.dispatch().attempts();
        Instant now = clock.instant();
        LOG.warn("Notice {} was not taken by {}: {}", claim.dispatch().notice().id(), channel.name(), failure);
        if (attempts < retries.attempts()) {
            claims.failed(claim, failure, now.plus(retries.pauseAfter(attempts)));
        } else {
            claims.dead(claim, failure, now)
                    .ifPresent(evidence -> LOG.warn(
                            "{} (channel {}): {}. {}",
                            AlertKind.NOTIFICATION_FAILED,
                            channel.name(),
                            evidence,
                            AlertKind.NOTIFICATION_FAILED.remedy()));
        }
    }
}
