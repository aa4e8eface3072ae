/** How the settings of this module are read. */
@NullMarked
package io.reseal.rotation.internal.setting;

import org.jspecify.annotations.NullMarked;
