/** How fast a run goes: what is seen of others, and what follows from it. Knows nothing of ranges and keys. */
@NullMarked
package io.reseal.rotation.internal.pace;

import org.jspecify.annotations.NullMarked;
