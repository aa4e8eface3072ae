@NullMarked
package io.reseal.examples.social;

import org.jspecify.annotations.NullMarked;
