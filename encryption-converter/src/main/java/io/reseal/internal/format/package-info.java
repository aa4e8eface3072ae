@NullMarked
package io.reseal.internal.format;

import org.jspecify.annotations.NullMarked;
