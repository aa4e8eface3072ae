@NullMarked
package io.reseal.internal.store;

import org.jspecify.annotations.NullMarked;
