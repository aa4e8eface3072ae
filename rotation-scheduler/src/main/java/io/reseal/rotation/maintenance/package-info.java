/** Maintenance windows as they are on record. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.maintenance;
