/** How the audit log is kept: chains, their keys, checkpoints, and what finds tampering. */
@NullMarked
package io.reseal.internal.audit;

import org.jspecify.annotations.NullMarked;
