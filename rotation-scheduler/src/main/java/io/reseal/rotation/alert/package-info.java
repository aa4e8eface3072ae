/** What there is to tell: kinds of alerts with their severities and remedies, and each alert as it stands. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.alert;
