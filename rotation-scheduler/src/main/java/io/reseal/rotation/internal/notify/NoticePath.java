package io.reseal.rotation.internal.notify;

import io.reseal.rotation.spi.AlertChannel;

/**
 * How a channel's notices travel, by its configuration.
 *
 * @param described for people; without anything secret
 * @param isKnown false of an application's own channel
 * @param isInClear whether somebody on the way could read them, as far as that is known
 */
public record NoticePath(String described, boolean isKnown, boolean isInClear) {

    /** Of a channel whose notices leave the process, and which knows how. */
    interface Known {

        NoticePath path();
    }

    public static NoticePath of(AlertChannel channel) {
        if (channel instanceof Known known) {
            return known.path();
        }
        return channel instanceof LogChannel
                ? new NoticePath("the log of this process", true, false)
                : new NoticePath("a channel of the application's own: how it connects is not known", false, false);
    }

    static NoticePath to(String address, boolean isProtected, boolean isLoopback) {
        String how = isProtected ? "by TLS" : isLoopback ? "in clear, on this machine" : "in clear";
        return new NoticePath(how + ", to " + address, true, !isProtected && !isLoopback);
    }
}
