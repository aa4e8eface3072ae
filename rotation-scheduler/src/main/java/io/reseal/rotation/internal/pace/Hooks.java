package io.reseal.rotation.internal.pace;

import io.reseal.rotation.pace.PaceHook;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalLevel;
import io.reseal.rotation.pace.SignalReading;
import io.reseal.rotation.pace.Threshold;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jdbi.v3.core.Jdbi;

/** Asks the operator's own signals; a failure to ask is told as such, and stops nothing. */
final class Hooks {

    private static final int LONGEST_SECONDS = 1;
    private static final int OK = 200;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final Jdbi jdbi;
    private final List<PaceHook> hooks;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(LONGEST_SECONDS))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    Hooks(Jdbi jdbi, List<PaceHook> hooks) {
        this.jdbi = jdbi;
        this.hooks = List.copyOf(hooks);
    }

    List<SignalReading> readings() {
        return hooks.stream().map(this::reading).toList();
    }

    private SignalReading reading(PaceHook hook) {
        if (hook instanceof PaceHook.Query query) {
            return ask(query);
        }
        return ask((PaceHook.Address) hook);
    }

    private SignalReading ask(PaceHook.Query hook) {
        try {
            double value = jdbi.<Double, SQLException>withHandle(handle -> number(handle.getConnection(), hook.sql()));
            return reading(hook, hook.threshold().judge(value), Optional.of(value), "the query says " + value);
        } catch (SQLException e) {
            return unavailable(hook, "the query failed with SQL state " + e.getSQLState());
        } catch (RuntimeException e) {
            return unavailable(hook, "the query failed: " + e.getClass().getName());
        }
    }

    private static double number(Connection connection, String sql) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(LONGEST_SECONDS);
            try (ResultSet rows = statement.executeQuery(sql)) {
                if (!rows.next()) {
                    throw new SQLException("no row", "02000");
                }
                double value = rows.getDouble(1);
                if (rows.wasNull() || Double.isNaN(value)) {
                    throw new SQLException("no number", "22004");
                }
                return value;
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
            connection.setReadOnly(false);
        }
    }

    private SignalReading ask(PaceHook.Address hook) {
        HttpRequest request =
                HttpRequest.newBuilder(hook.uri()).timeout(hook.timeout()).build();
        CompletableFuture<HttpResponse<Void>> answer = http.sendAsync(request, BodyHandlers.discarding());
        try {
            int status =
                    answer.get(hook.timeout().toNanos(), TimeUnit.NANOSECONDS).statusCode();
            return switch (status) {
                case OK -> reading(hook, SignalLevel.NORMAL, Optional.of((double) status), "it answered 200");
                case TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE ->
                    reading(hook, SignalLevel.STOP, Optional.of((double) status), "it answered " + status);
                default -> unavailable(hook, "it answered " + status + ": use 200 for go, 429 or 503 for stop");
            };
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return unavailable(hook, "it did not answer: " + cause.getClass().getName());
        } catch (TimeoutException e) {
            return unavailable(hook, "it did not answer to the end within " + hook.timeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unavailable(hook, "this node stops");
        } finally {
            answer.cancel(true); // the request's own timeout ends with the headers
        }
    }

    private static SignalReading unavailable(PaceHook hook, String reason) {
        return reading(hook, SignalLevel.UNAVAILABLE, Optional.empty(), reason);
    }

    private static SignalReading reading(PaceHook hook, SignalLevel level, Optional<Double> value, String reason) {
        Optional<Threshold> threshold =
                hook instanceof PaceHook.Query query ? Optional.of(query.threshold()) : Optional.empty();
        return new SignalReading(Signal.HOOK, hook.name(), level, value, threshold, reason);
    }
}
