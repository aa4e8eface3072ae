/** Everything that differs between databases: one {@link io.reseal.rotation.internal.jdbc.Dialect} type and its SQL. */
@NullMarked
package io.reseal.rotation.internal.jdbc;

import org.jspecify.annotations.NullMarked;
