/** What every benchmark stands on: a server, databases copied from a template, a table full of sealed values. */
@NullMarked
package io.reseal.benchmarks.stage;

import org.jspecify.annotations.NullMarked;
