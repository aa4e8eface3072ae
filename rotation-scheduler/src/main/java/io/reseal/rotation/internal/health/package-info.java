/** What is looked at in order to say whether all is well. Each class looks at one thing, and knows what would be wrong with it. */
@NullMarked
package io.reseal.rotation.internal.health;

import org.jspecify.annotations.NullMarked;
