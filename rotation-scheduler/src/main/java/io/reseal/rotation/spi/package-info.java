/** What an application may bring: ways by which alerts reach people. */
@NullMarked
package io.reseal.rotation.spi;

import org.jspecify.annotations.NullMarked;
