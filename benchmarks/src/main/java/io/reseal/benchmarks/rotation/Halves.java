package io.reseal.benchmarks.rotation;

import java.util.List;
import java.util.stream.LongStream;

/** The ids of a table, shared out to sessions. */
final class Halves {

    private Halves() {}

    /** The statement as it is for one session; for several, each with equal, disjoint parts of the ids. */
    static List<String> of(String statement, int sessions, long rows) {
        if (sessions == 1) {
            return List.of(statement);
        }
        return LongStream.range(0, sessions)
                .mapToObj(part -> statement + " WHERE id > " + part * rows / sessions + " AND id <= "
                        + (part + 1) * rows / sessions)
                .toList();
    }
}
