/** What a benchmark found: a table for people, JSON for machines, a picture for both. */
@NullMarked
package io.reseal.benchmarks.report;

import org.jspecify.annotations.NullMarked;
