package io.reseal.rotation.internal.health;

import io.reseal.keys.KekAnswer;
import io.reseal.keys.KeyRegistry;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.health.HealthFinding.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether each KEK unwraps a key that it wrapped. Keys that a node has are unwrapped already: that it works says nothing about the next one
 * that starts.
 */
final class KekProbe implements Look {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** For an answer that names no KEK, because there was none. */
    private static final AlertSubject SILENT = AlertSubject.kek("reseal.kek");

    private final KeyRegistry keys;
    private final Duration patience;
    private @Nullable FutureTask<List<KekAnswer>> asked;

    KekProbe(KeyRegistry keys) {
        this(keys, PATIENCE);
    }

    KekProbe(KeyRegistry keys, Duration patience) {
        this.keys = keys;
        this.patience = patience;
    }

    @Override
    public Check check() {
        return Check.KEY_ENCRYPTION_KEY;
    }

    @Override
    public Set<AlertKind> kinds() {
        return Set.of(AlertKind.KEK_UNAVAILABLE);
    }

    @Override
    public synchronized List<HealthFinding> at(Instant now) {
        FutureTask<List<KekAnswer>> probe = begun();
        try {
            List<KekAnswer> answers = probe.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return answers.stream().map(this::finding).toList();
        } catch (TimeoutException e) {
            return List.of(bad(SILENT, "no answer within " + patience));
        } catch (ExecutionException e) {
            throw new IllegalStateException("The KEK could not be asked", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the KEK was asked", e);
        }
    }

    /** One that has not answered is not asked anew, or each check would leave a thread behind; one that answered meanwhile did so too long ago. */
    private FutureTask<List<KekAnswer>> begun() {
        FutureTask<List<KekAnswer>> probe = asked;
        if (probe == null || probe.isDone()) {
            probe = new FutureTask<>(keys::askKeks);
            asked = probe;
            Thread thread = new Thread(probe, "reseal-kek-probe");
            thread.setDaemon(true);
            thread.start();
        }
        return probe;
    }

    private HealthFinding finding(KekAnswer answer) {
        AlertSubject subject = AlertSubject.kek(answer.kek());
        String took = answer.took().toMillis() + " ms";
        return answer.problem()
                .map(problem -> bad(subject, problem))
                .orElseGet(() -> HealthFinding.well(
                        Check.KEY_ENCRYPTION_KEY, subject, "it unwrapped " + answer.key() + " in " + took, well()));
    }

    private HealthFinding bad(AlertSubject kek, String observed) {
        return HealthFinding.of(AlertKind.KEK_UNAVAILABLE, Check.KEY_ENCRYPTION_KEY, kek, observed, well());
    }

    private String well() {
        return "it unwraps the newest key under it within " + patience;
    }
}
