/** How fast the engine re-encrypts a table, against what else could rewrite it. */
@NullMarked
package io.reseal.benchmarks.rotation;

import org.jspecify.annotations.NullMarked;
