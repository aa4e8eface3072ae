package io.reseal.rotation.internal.health;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What the parts of this process say of themselves. Asks nobody else, so that it answers at once. Safe for use by several threads. */
public final class Vitals {

    private final List<Sign> signs = new CopyOnWriteArrayList<>();

    /** Of one part. Answers from memory. */
    public interface Sign {

        /** What does not work any more, and would by a restart. */
        default List<String> ailments() {
            return List.of();
        }

        /** Why nothing should be sent to this process now. */
        default List<String> hindrances() {
            return List.of();
        }
    }

    /** Returns what takes it away again. */
    public Runnable add(Sign sign) {
        signs.add(sign);
        return () -> signs.remove(sign);
    }

    public List<String> ailments() {
        return signs.stream().map(Sign::ailments).flatMap(List::stream).toList();
    }

    public List<String> hindrances() {
        return Stream.concat(signs.stream().map(Sign::ailments), signs.stream().map(Sign::hindrances))
                .flatMap(List::stream)
                .toList();
    }
}
