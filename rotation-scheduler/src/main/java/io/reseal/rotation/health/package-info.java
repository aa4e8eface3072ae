/** What the health check found. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.health;
