/** What a report of the rotation of keys says about the controls that auditors ask for. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.compliance;
