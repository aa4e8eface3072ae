package io.reseal.rotation;

import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import java.time.Instant;

/** How long people's word about a key serves: while it waits for one destruction, or until it is proposed for the next one. */
record Stay(String name) {

    static final Stay IN_USE = new Stay("in use");

    static Stay of(KeyVersion version) {
        String proposed =
                version.entered(KeyState.PENDING_DESTROY).map(Instant::toString).orElse("never");
        return switch (version.state()) {
            case PRE_ACTIVE, ACTIVE -> IN_USE;
            case PENDING_DESTROY, DESTROYED -> new Stay("waiting since " + proposed);
            case SUSPENDED, DEACTIVATED, COMPROMISED -> new Stay("retired, last proposed " + proposed);
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
