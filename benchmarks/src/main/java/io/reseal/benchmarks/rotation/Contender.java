package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;

/** A way to rewrite the sealed column of every row. */
interface Contender {

    String name();

    /** Who sealed the values that it starts from: {@link Templates#RESEAL} or {@link Templates#PGCRYPTO}. */
    String startsFrom();

    /** How many rows of a table of {@code rows} it rewrites: a slow one takes a sample. */
    long rows(long rows);

    /** Connects, and does what is not measured. */
    Attempt prepare(Database database, long rows);

    /**
     * Looks at the rows afterwards.
     *
     * @throws WrongRunException if they are not what they should be
     */
    void check(Database database, long rows);
}
