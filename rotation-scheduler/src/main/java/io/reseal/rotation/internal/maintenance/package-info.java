/** What is checked before, in and after maintenance windows, and where it is written down. */
@NullMarked
package io.reseal.rotation.internal.maintenance;

import org.jspecify.annotations.NullMarked;
