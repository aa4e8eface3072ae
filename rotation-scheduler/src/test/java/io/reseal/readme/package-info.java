@NullMarked
package io.reseal.readme;

import org.jspecify.annotations.NullMarked;
