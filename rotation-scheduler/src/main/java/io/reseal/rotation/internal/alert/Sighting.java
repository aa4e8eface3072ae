package io.reseal.rotation.internal.alert;

import io.reseal.rotation.AlertKind;
import io.reseal.rotation.AlertSubject;
import java.time.Instant;

/**
 * What raises an alert.
 *
 * @param times how often it was seen
 * @param at when it was seen the last time
 */
public record Sighting(AlertKind kind, AlertSubject subject, String evidence, long times, Instant at) {}
