@NullMarked
package io.reseal.rotation.internal.jdbc;

import org.jspecify.annotations.NullMarked;
