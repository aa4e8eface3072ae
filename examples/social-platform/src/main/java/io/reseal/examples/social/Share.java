package io.reseal.examples.social;

import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * The users that one of several writers owns: each {@code count}th, so that no two writers ever change the same row.
 *
 * @param index which writer, from 0
 * @param count how many writers there are
 * @param users how many users there are, numbered from 1
 */
record Share(int index, int count, int users) {

    LongStream userIds() {
        return LongStream.iterate(index + 1L, id -> id <= users, id -> id + count);
    }

    long any(RandomGenerator random) {
        int size = (users - index + count - 1) / count;
        return index + 1L + (long) random.nextInt(size) * count;
    }
}
