/** What is on record about rotations: the table of events. */
@NullMarked
package io.reseal.rotation.internal.event;

import org.jspecify.annotations.NullMarked;
