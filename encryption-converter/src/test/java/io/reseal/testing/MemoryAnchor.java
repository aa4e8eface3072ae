package io.reseal.testing;

import io.reseal.keys.spi.Anchor;
import java.util.Optional;
import java.util.function.Function;

/** An anchor that outlives its nodes, and no process. */
public final class MemoryAnchor implements Anchor {

    private Optional<String> text = Optional.empty();

    @Override
    public String name() {
        return "in memory";
    }

    @Override
    public synchronized Optional<String> read() {
        return text;
    }

    @Override
    public synchronized void update(Function<Optional<String>, Optional<String>> change) {
        text = change.apply(text).or(() -> text);
    }
}
