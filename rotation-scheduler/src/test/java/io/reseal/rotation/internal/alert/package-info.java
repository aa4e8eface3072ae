@NullMarked
package io.reseal.rotation.internal.alert;

import org.jspecify.annotations.NullMarked;
