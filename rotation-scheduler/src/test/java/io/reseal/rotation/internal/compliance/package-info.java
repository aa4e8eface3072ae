@NullMarked
package io.reseal.rotation.internal.compliance;

import org.jspecify.annotations.NullMarked;
