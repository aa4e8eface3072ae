@NullMarked
package io.reseal.rotation.internal.pace;

import org.jspecify.annotations.NullMarked;
