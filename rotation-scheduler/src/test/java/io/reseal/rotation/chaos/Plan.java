package io.reseal.rotation.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;

/** Faults in random order, the same for the same seed: every kind once, and then by weight. */
final class Plan {

    private static final int LONGEST_REST_MILLIS = 2_000;

    private final Random random;
    private final Queue<Fault> first = new ArrayDeque<>();
    private final List<Fault> weighted;

    Plan(long seed) {
        random = new Random(seed);
        List<Fault> once = new ArrayList<>(
                Arrays.stream(Fault.values()).filter(fault -> fault.weight > 0).toList());
        Collections.shuffle(once, random);
        first.addAll(once);
        weighted = Arrays.stream(Fault.values())
                .flatMap(fault -> Collections.nCopies(fault.weight, fault).stream())
                .toList();
    }

    Step next() {
        Fault drawn = weighted.get(random.nextInt(weighted.size()));
        Step step = new Step(
                drawn,
                random.nextInt(Integer.MAX_VALUE),
                random.nextDouble(),
                Duration.ofMillis(random.nextInt(LONGEST_REST_MILLIS)));
        Fault sooner = first.poll();
        return sooner == null ? step : new Step(sooner, step.target(), step.amount(), step.rest());
    }
}
