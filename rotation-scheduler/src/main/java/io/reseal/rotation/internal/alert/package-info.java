/** Where alerts are kept, and what raises them. */
@NullMarked
package io.reseal.rotation.internal.alert;

import org.jspecify.annotations.NullMarked;
