package io.reseal.rotation.internal.event;

import io.reseal.rotation.event.RotationEvent;

/**
 * What lets a node work on an event: whoever holds a later one has taken over.
 *
 * @param event as it was when it was claimed
 * @param token counts the claims of an event
 */
public record Claim(RotationEvent event, long token) {}
