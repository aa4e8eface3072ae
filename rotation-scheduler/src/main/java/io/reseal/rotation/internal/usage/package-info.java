/** What is unusual about how keys are used. Pure, but for what reads the runs. */
@NullMarked
package io.reseal.rotation.internal.usage;

import org.jspecify.annotations.NullMarked;
