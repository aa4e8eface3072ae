/** The ways by which alerts reach people, and how they are configured. */
@NullMarked
package io.reseal.rotation.internal.notify;

import org.jspecify.annotations.NullMarked;
