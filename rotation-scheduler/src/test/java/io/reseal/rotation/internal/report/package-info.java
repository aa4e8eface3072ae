@NullMarked
package io.reseal.rotation.internal.report;

import org.jspecify.annotations.NullMarked;
