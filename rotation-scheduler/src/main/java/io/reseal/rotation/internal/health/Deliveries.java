package io.reseal.rotation.internal.health;

import io.reseal.rotation.spi.AlertChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The ways by which this process tells people. Safe for use by several threads. */
public final class Deliveries {

    private final List<List<AlertChannel>> open = new CopyOnWriteArrayList<>();

    /** Returns what takes them away again. */
    public Runnable add(List<AlertChannel> channels) {
        List<AlertChannel> own = List.copyOf(channels);
        open.add(own);
        return () -> open.remove(own);
    }

    boolean areOpen() {
        return !open.isEmpty();
    }

    List<AlertChannel> channels() {
        return open.stream().flatMap(List::stream).toList();
    }
}
