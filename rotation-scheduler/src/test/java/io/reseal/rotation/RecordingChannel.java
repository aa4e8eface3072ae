package io.reseal.rotation;

import io.reseal.rotation.spi.AlertChannel;
import io.reseal.rotation.spi.AlertNotice;
import io.reseal.rotation.spi.NotDeliveredException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps what it is sent, unless the test says otherwise. */
final class RecordingChannel implements AlertChannel {

    final List<AlertNotice> taken = new CopyOnWriteArrayList<>();

    private final String name;
    private volatile Mood mood = Mood.WELL;
    private final CountDownLatch release = new CountDownLatch(1);

    /** What happens to a notice. */
    enum Mood {
        WELL,
        REFUSING,
        BROKEN,
        /** Takes it, and its node ends before it can be noted. */
        DYING,
        HANGING
    }

    RecordingChannel(String name) {
        this.name = name;
    }

    RecordingChannel is(Mood next) {
        mood = next;
        return this;
    }

    void release() {
        release.countDown();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void send(AlertNotice notice) throws NotDeliveredException {
        switch (mood) {
            case WELL -> taken.add(notice);
            case REFUSING -> throw new NotDeliveredException(name + " is out of order");
            case BROKEN -> throw new IllegalStateException("the password was hunter2");
            case DYING -> {
                taken.add(notice);
                throw new AssertionError("this node has ended");
            }
            case HANGING -> hang();
        }
    }

    private void hang() throws NotDeliveredException {
        try {
            if (!release.await(5, TimeUnit.MINUTES)) {
                throw new NotDeliveredException("nobody let go");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotDeliveredException("interrupted");
        }
    }

    /** Reason, level and kind of each. */
    List<String> told() {
        return taken.stream()
                .map(notice -> notice.reason() + " " + notice.level() + " "
                        + notice.alerts().stream()
                                .map(AlertNotice.Subject::kind)
                                .toList())
                .toList();
    }
}
