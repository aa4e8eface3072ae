/** The clockwork: when a task is begun, on one node of many. Knows nothing of what the tasks do; the only place that knows Quartz. */
@NullMarked
package io.reseal.rotation.internal.quartz;

import org.jspecify.annotations.NullMarked;
