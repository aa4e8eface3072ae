@NullMarked
package io.reseal.rotation.internal.maintenance;

import org.jspecify.annotations.NullMarked;
