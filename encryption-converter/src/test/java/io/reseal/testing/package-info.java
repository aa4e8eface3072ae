/** What tests share: databases, and settings for them. */
@NullMarked
package io.reseal.testing;

import org.jspecify.annotations.NullMarked;
