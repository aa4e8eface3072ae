@NullMarked
package io.reseal.crypto;

import org.jspecify.annotations.NullMarked;
