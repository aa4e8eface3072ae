/** The quarterly review as it is on record, with its attestations and trainings. */
@org.jspecify.annotations.NullMarked
package io.reseal.rotation.review;
