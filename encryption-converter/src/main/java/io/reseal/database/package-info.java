@NullMarked
package io.reseal.database;

import org.jspecify.annotations.NullMarked;
