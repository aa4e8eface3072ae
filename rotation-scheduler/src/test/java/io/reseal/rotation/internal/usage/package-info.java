@NullMarked
package io.reseal.rotation.internal.usage;

import org.jspecify.annotations.NullMarked;
