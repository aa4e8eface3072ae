@NullMarked
package io.reseal.keys;

import org.jspecify.annotations.NullMarked;
