@NullMarked
package io.reseal.benchmarks.report;

import org.jspecify.annotations.NullMarked;
