/** A run over the rows that are under old keys: its plan, its progress, and the proof at its end. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.reencryption;
