@NullMarked
package io.reseal.benchmarks.foreground;

import org.jspecify.annotations.NullMarked;
