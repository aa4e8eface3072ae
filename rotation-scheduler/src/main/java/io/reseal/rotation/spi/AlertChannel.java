package io.reseal.rotation.spi;

/**
 * A way by which notices reach people. An application's own are handed over in {@code reseal.alerts.channels}; {@code AlertChannelContract}
 * tests one. Used by one thread at a time, on every node.
 */
public interface AlertChannel {

    /** What routes call it: letters of a to z, digits and hyphens, 40 at most; the same on every node. */
    String name();

    /**
     * Returns once the other side has taken the notice. It has to give up by itself within half a minute. A notice may come
     * more than once, each time with the same id: a node that ends between sending and noting it leaves it to another one.
     *
     * @throws NotDeliveredException if it was not taken, or no answer came
     */
    void send(AlertNotice notice) throws NotDeliveredException;
}
