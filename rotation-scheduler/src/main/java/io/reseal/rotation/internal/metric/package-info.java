/** What meters show, read from the database at most every few seconds. Knows of no library of meters. */
@NullMarked
package io.reseal.rotation.internal.metric;

import org.jspecify.annotations.NullMarked;
