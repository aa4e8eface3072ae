/** Documents for people and machines to keep. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.internal.report;
