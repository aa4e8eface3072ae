@NullMarked
package io.reseal.benchmarks.rotation;

import org.jspecify.annotations.NullMarked;
