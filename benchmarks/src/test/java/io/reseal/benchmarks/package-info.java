@NullMarked
package io.reseal.benchmarks;

import org.jspecify.annotations.NullMarked;
