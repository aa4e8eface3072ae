/** What quarterly reviews go by, and where they are kept. */
@NullMarked
package io.reseal.rotation.internal.review;

import org.jspecify.annotations.NullMarked;
