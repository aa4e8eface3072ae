@NullMarked
package io.reseal.internal.background;

import org.jspecify.annotations.NullMarked;
