package io.reseal.rotation.internal.notify;

import io.reseal.rotation.spi.NotDeliveredException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** Posts JSON, and waits for a short time. Follows no redirect: it would leave the list of hosts. Reads nothing of an answer but its status. */
final class HttpPost {

    private static final int OK = 200;
    private static final int ABOVE_OK = 300;

    private final HttpClient client;
    private final Duration timeout;

    /** @param timeout for one post as a whole */
    HttpPost(Duration timeout, Optional<SSLContext> tls) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(timeout);
        tls.ifPresent(builder::sslContext);
        this.client = builder.build();
        this.timeout = timeout;
    }

    /** Returns if the answer is a success. */
    void send(Endpoint to, String body, Map<String, String> headers) throws NotDeliveredException {
        HttpRequest.Builder request = HttpRequest.newBuilder(to.address())
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8));
        headers.forEach(request::header);
        int status = status(to, client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding()));
        if (status < OK || status >= ABOVE_OK) {
            throw new NotDeliveredException(to + " answered " + status + ". Only 2xx is success, and redirects are not"
                    + " followed: check the address and what its server logs");
        }
    }

    /** The time limit of a request would end with the headers: an answer that trickles would hold the channel up. */
    private int status(Endpoint to, CompletableFuture<HttpResponse<Void>> exchange) throws NotDeliveredException {
        try {
            return exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS).statusCode();
        } catch (ExecutionException e) {
            throw unreached(
                    to,
                    String.valueOf(
                            e.getCause() == null ? "" : e.getCause().getClass().getSimpleName()));
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw unreached(to, "no answer within " + timeout);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw unreached(to, "this node is closing");
        }
    }

    /** Names the class and not the message of what went wrong, which could quote the address. */
    private static NotDeliveredException unreached(Endpoint to, String why) {
        return new NotDeliveredException(
                to + " was not reached (" + why + "). Check that this node may connect to it, and its certificate");
    }
}
