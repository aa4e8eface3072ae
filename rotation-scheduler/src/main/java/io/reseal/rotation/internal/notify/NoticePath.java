package io.reseal.rotation.internal.notify;

import io.reseal.rotation.spi.AlertChannel;

/**
 * How a channel's notices travel, by its configuration.
 *
 * @param described for people; without anything secret
 * @param isInClear whether somebody on the way could read them
 */
public record NoticePath(String described, boolean isInClear) {

    /** Of a channel whose notices leave the process, and which knows how. */
    interface Known {

        NoticePath path();
    }

    /** Of an application's own channel nothing is known. */
    public static NoticePath of(AlertChannel channel) {
        if (channel instanceof Known known) {
            return known.path();
        }
        return new NoticePath(
                channel instanceof LogChannel
                        ? "the log of this process"
                        : "a channel of the application's own: how it connects is not known",
                false);
    }

    static NoticePath to(String address, boolean isProtected, boolean isLoopback) {
        String how = isProtected ? "by TLS" : isLoopback ? "in clear, on this machine" : "in clear";
        return new NoticePath(how + ", to " + address, !isProtected && !isLoopback);
    }
}
