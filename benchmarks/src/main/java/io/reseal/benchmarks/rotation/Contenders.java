package io.reseal.benchmarks.rotation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Everybody who rewrites the table. */
final class Contenders {

    static final List<Contender> ALL = List.of(
            new EngineRun(1),
            new PlainUpdate(1),
            new Pgcrypto(1),
            new ClientSide(ClientSide.Manner.BATCHED),
            new ClientSide(ClientSide.Manner.BATCHED_LAZILY),
            new EngineRun(2),
            new PlainUpdate(2),
            new Pgcrypto(2),
            new ClientSide(ClientSide.Manner.ONE_BY_ONE));

    private Contenders() {}

    /** In another order each round, so that drift of the machine hits all alike. */
    static List<Contender> inRound(int round) {
        List<Contender> order = new ArrayList<>(ALL);
        Collections.rotate(order, -round * 2);
        return order;
    }
}
