package io.reseal.keys;

/** Takes the first version of a key type, which is active, into another state, by legal steps only. */
final class Lives {

    private static final String ACTOR = "operator";
    private static final String REASON = "test";

    private Lives() {}

    static KeyVersion lead(KeyRegistry keys, KeyId active, KeyState to) {
        KeyLifecycle lifecycle = keys.lifecycle();
        return switch (to) {
            case PRE_ACTIVE -> throw new IllegalArgumentException("no key was PRE_ACTIVE after it was active");
            case ACTIVE -> keys.refresh().version(active).orElseThrow();
            case DEACTIVATED, SUSPENDED, COMPROMISED -> {
                KeyId successor = lifecycle.createSuccessor(active.type(), ACTOR, REASON);
                lifecycle.promote(successor, to, ACTOR, REASON);
                yield keys.refresh().version(active).orElseThrow();
            }
            case PENDING_DESTROY -> {
                lead(keys, active, KeyState.DEACTIVATED);
                yield lifecycle.proposeDestroy(active, ACTOR, REASON);
            }
            case DESTROYED -> {
                lead(keys, active, KeyState.PENDING_DESTROY);
                yield lifecycle.destroy(active, ACTOR, REASON);
            }
        };
    }
}
