package io.reseal.rotation.internal.event;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** What this process calls itself where it holds something: its number and host, for people, and what makes it unique. */
final class ThisNode {

    private static final int MAX = 64;
    private static final int UNIQUE = 8;

    private ThisNode() {}

    /** For example {@code 4711@server-3/1f0c9a2b}; another one with each call. */
    static String name() {
        String unique = "/" + UUID.randomUUID().toString().substring(0, UNIQUE);
        String name = ProcessHandle.current().pid() + "@" + host();
        return name.substring(0, Math.min(name.length(), MAX - unique.length())) + unique;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
