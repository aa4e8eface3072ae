/** What the use of keys gave away. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.usage;
