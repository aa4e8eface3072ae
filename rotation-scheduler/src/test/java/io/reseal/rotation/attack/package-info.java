/** Attacks on the whole of Reseal: real processes, a real server, and witnesses that know nothing of Reseal's SQL. */
@NullMarked
package io.reseal.rotation.attack;

import org.jspecify.annotations.NullMarked;
