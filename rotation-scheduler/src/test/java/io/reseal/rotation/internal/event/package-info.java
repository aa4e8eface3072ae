@NullMarked
package io.reseal.rotation.internal.event;

import org.jspecify.annotations.NullMarked;
