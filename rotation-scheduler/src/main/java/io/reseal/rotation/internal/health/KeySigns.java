package io.reseal.rotation.internal.health;

import io.reseal.keys.KeyRegistry;
import java.time.Duration;
import java.util.List;

/** What this process knows of its keys. */
public final class KeySigns implements Vitals.Sign {

    /** Longer than any time limit of a statement or connection: who has heard nothing by then hangs. */
    private static final Duration STUCK = Duration.ofMinutes(10);

    private final KeyRegistry keys;

    public KeySigns(KeyRegistry keys) {
        this.keys = keys;
    }

    @Override
    public List<String> ailments() {
        return keys.isStuck(STUCK)
                ? List.of("the thread that reads keys has had neither an answer nor an error for " + STUCK)
                : List.of();
    }

    @Override
    public List<String> hindrances() {
        return keys.hindrances();
    }
}
