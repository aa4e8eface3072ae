package io.reseal.benchmarks.rotation;

import java.time.Duration;
import java.util.Optional;

/** One contender at one copy of the table, connected and ready. */
interface Attempt extends AutoCloseable {

    /** Rewrites the rows: this is measured, and nothing else. */
    void work();

    /**
     * Waits for what follows the last row.
     *
     * @return how long the pass took that verifies the result, where there is one
     */
    Optional<Duration> finish();

    @Override
    void close();
}
