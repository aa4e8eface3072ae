/** Chooses the benchmark that was asked for, and reads its options. */
@NullMarked
package io.reseal.benchmarks;

import org.jspecify.annotations.NullMarked;
