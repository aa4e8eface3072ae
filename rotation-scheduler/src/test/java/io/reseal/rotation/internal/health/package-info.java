@NullMarked
package io.reseal.rotation.internal.health;

import org.jspecify.annotations.NullMarked;
