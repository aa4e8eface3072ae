@NullMarked
package io.reseal.architecture;

import org.jspecify.annotations.NullMarked;
