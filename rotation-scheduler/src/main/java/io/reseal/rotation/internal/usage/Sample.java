package io.reseal.rotation.internal.usage;

import java.util.Arrays;

/** Numbers of which the median is asked; there are millions of them in a replay of months. What is not known is NaN, and left out. */
final class Sample {

    private final double[] numbers;
    private int size;

    /** @param most how many there may be */
    Sample(int most) {
        this.numbers = new double[most];
    }

    void add(double number) {
        if (!Double.isNaN(number)) {
            numbers[size++] = number;
        }
    }

    int size() {
        return size;
    }

    /** NaN if nothing is known. */
    double median() {
        Arrays.sort(numbers, 0, size);
        int middle = size / 2;
        if (size == 0) {
            return Double.NaN;
        }
        return size % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2;
    }
}
