@NullMarked
package io.reseal.rotation.internal.quartz;

import org.jspecify.annotations.NullMarked;
