@NullMarked
package io.reseal.rotation.spi;

import org.jspecify.annotations.NullMarked;
