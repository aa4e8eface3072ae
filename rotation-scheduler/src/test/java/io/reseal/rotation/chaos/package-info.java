/** Many processes, random faults, and witnesses that know nothing of the engine: {@code ./mvnw -Pchaos}. */
@NullMarked
package io.reseal.rotation.chaos;

import org.jspecify.annotations.NullMarked;
