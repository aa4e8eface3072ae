/** What stands against the destruction of a key. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.destruction;
