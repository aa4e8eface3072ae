/** How hard a run works, and what slows it down. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.pace;
