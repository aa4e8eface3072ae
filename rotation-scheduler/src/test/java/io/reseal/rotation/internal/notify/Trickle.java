package io.reseal.rotation.internal.notify;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that begins an answer of success and never ends it. */
final class Trickle implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final Thread thread = new Thread(this::serve, "trickle");

    Trickle() throws IOException {
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    /** Whether who asked has gone away. */
    boolean isLeft() {
        return !thread.isAlive();
    }

    private void serve() {
        try (Socket client = server.accept()) {
            OutputStream answer = client.getOutputStream();
            answer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            answer.flush();
            while (client.getInputStream().read() >= 0) {
                answer.write('.');
                answer.flush();
            }
        } catch (IOException e) {
            // the other side has given up, or the test is over
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
