/** Rotations as events, from scheduled to completed. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.event;
