@NullMarked
package io.reseal;

import org.jspecify.annotations.NullMarked;
