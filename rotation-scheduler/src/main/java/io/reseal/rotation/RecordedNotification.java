package io.reseal.rotation;

import java.time.Instant;

/** A notification, and who has recorded it when. */
public record RecordedNotification(Notification notification, Person by, Instant recordedAt) {}
