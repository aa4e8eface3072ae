/** What an application feels of a rotation: open-loop traffic beside it, measured from the moment each request was due. */
@NullMarked
package io.reseal.benchmarks.foreground;

import org.jspecify.annotations.NullMarked;
