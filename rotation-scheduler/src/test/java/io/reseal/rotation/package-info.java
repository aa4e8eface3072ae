@NullMarked
package io.reseal.rotation;

import org.jspecify.annotations.NullMarked;
