/** The audit log: who did what to the keys, verifiable by whoever holds the KEK. */
@NullMarked
package io.reseal.audit;

import org.jspecify.annotations.NullMarked;
