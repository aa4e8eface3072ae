/** The re-encryption engine: plan, claim, window, batch with compare-and-set, checkpoint, proof. */
@NullMarked
package io.reseal.rotation.internal.reencrypt;

import org.jspecify.annotations.NullMarked;
