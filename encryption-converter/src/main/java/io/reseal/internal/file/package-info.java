/** Files that several processes write to. */
@NullMarked
package io.reseal.internal.file;

import org.jspecify.annotations.NullMarked;
