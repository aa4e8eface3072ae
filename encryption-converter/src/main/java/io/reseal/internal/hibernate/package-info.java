@NullMarked
package io.reseal.internal.hibernate;

import org.jspecify.annotations.NullMarked;
