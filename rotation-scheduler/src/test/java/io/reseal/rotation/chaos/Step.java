package io.reseal.rotation.chaos;

import java.time.Duration;

/**
 * One fault to come.
 *
 * @param target which of the things that it can happen to, to be taken modulo their number
 * @param amount how much of it, from 0 to 1: of the time that it may last, for example
 * @param rest how long after the step before
 */
record Step(Fault fault, int target, double amount, Duration rest) {

    /** From {@code least} to {@code most}. */
    Duration between(Duration least, Duration most) {
        return least.plusMillis(Math.round(amount * most.minus(least).toMillis()));
    }
}
