/** The scheduled tasks, and how they went. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.schedule;
