@NullMarked
package io.reseal.rotation.internal.notify;

import org.jspecify.annotations.NullMarked;
