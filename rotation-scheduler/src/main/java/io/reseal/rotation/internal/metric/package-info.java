/** What meters show, read from the database at most every few seconds. The only package that knows Micrometer: nothing else loads its classes. */
@NullMarked
package io.reseal.rotation.internal.metric;

import org.jspecify.annotations.NullMarked;
