package io.reseal.rotation.attack;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What one row says, in the clear. */
public record Content(
        @Nullable String secret,
        @Nullable String note,
        @Nullable String token,
        int version,
        Instant touched) {}
