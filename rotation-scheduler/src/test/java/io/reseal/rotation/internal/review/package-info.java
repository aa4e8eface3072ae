@NullMarked
package io.reseal.rotation.internal.review;

import org.jspecify.annotations.NullMarked;
