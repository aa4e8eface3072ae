@NullMarked
package io.reseal.keys.spi;

import org.jspecify.annotations.NullMarked;
