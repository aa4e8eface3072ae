/** What opening a value costs, and what is done beside it. */
@NullMarked
package io.reseal.benchmarks.opening;

import org.jspecify.annotations.NullMarked;
