package io.reseal.rotation;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.internal.reencrypt.Engine;
import java.util.Optional;

/** Puts a new version in the place of the active one: it is promoted once every node that seals knows it. */
final class Succession {

    private final KeyRegistry keys;
    private final Engine engine;
    private final Acknowledgements nodes;

    Succession(KeyRegistry keys, Engine engine) {
        this.keys = keys;
        this.engine = engine;
        this.nodes = new Acknowledgements(keys.nodes());
    }

    /** Returns once no node seals under the predecessor any more. */
    KeyVersion rotate(KeyType type, String actor, String reason) {
        return promote(keys.lifecycle().createSuccessor(type, actor, reason), actor, reason);
    }

    /** The same for one certain version, however often and by how many it is asked for; empty if it is not the active one any more. */
    Optional<KeyVersion> replace(KeyId replaced, String actor, String reason) {
        return keys.lifecycle()
                .createSuccessorOf(replaced, actor, reason)
                .map(successor -> promote(successor, actor, reason));
    }

    private KeyVersion promote(KeyId successor, String actor, String reason) {
        KeyVersion promoted = nodes.promote(
                () -> keys.lifecycle().promote(successor, actor, reason),
                "Interrupted before " + successor + " became active. Rotate again to promote it");
        engine.rotated(successor.type());
        nodes.await(
                keys.refresh().generation(),
                "Interrupted after " + successor + " became active, and before every node had taken note of it");
        return promoted;
    }
}
