/**
 * Reports of what the rotation of keys did in a period: facts by statements of their own, what they say about controls, and documents made
 * of both.
 */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.internal.compliance;
