/** What this process does without being called. */
@NullMarked
package io.reseal.internal.background;

import org.jspecify.annotations.NullMarked;
