@NullMarked
package io.reseal.rotation.internal.reencrypt;

import org.jspecify.annotations.NullMarked;
