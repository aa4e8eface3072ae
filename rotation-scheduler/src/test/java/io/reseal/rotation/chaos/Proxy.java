package io.reseal.rotation.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntSupplier;

/** The network between one node and the server. */
final class Proxy implements AutoCloseable {

    private static final int BUFFER = 1 << 16;

    private final ServerSocket door;
    private final IntSupplier port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch stalled = new CountDownLatch(0);

    Proxy(IntSupplier port) throws IOException {
        this.port = port;
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        background("proxy", this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Nothing passes for a while, and then every connection that there was is broken; returns whether there was one. */
    boolean stall(Duration length) throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        stalled = end;
        boolean wasOpen;
        try {
            Thread.sleep(length.toMillis());
        } finally {
            wasOpen = reset();
            end.countDown();
        }
        return wasOpen;
    }

    /** Breaks every connection, in the middle of whatever passes; returns whether there was one. */
    boolean reset() {
        boolean wasOpen = !open.isEmpty();
        open.forEach(Proxy::abort);
        return wasOpen;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket node = door.accept();
                background("proxy", () -> connect(node));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket node) {
        open.add(node);
        try {
            stalled.await();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), port.getAsInt());
            open.add(server);
            node.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            background("proxy", () -> pump(node, server));
            pump(server, node);
        } catch (IOException | InterruptedException e) {
            abort(node);
            open.remove(node);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                stalled.await();
                out.write(buffer, 0, read);
            }
        } catch (IOException | InterruptedException e) {
            abort(to);
        } finally {
            quietlyClose(from);
            quietlyClose(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private static void abort(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it is closed already
        }
        quietlyClose(socket);
    }

    private static void quietlyClose(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nobody waits for it
        }
    }

    private static void background(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        door.close();
        reset();
    }
}
