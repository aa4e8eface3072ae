package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import io.reseal.ResealSettings;
import io.reseal.SealingRefusedException;
import io.reseal.keys.KeyStoreStatus.Rollback;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.testing.MemoryAnchor;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Keys are rotated, the key store is copied, and copies come back at random; each time a node starts anew with its anchor. */
class RestoreProperties {

    private static final KeyType TYPE = KeyType.TOKEN_ENCRYPTION;
    private static final String WHO = "operator";

    private final MemoryKeyStore store = new MemoryKeyStore();
    private final MemoryAnchor anchor = new MemoryAnchor();
    private final Map<KeyId, Bytes> issued = new HashMap<>();
    private StoredKeys copy = StoredKeys.NONE;
    private KeyRegistry node = open();

    enum Step {
        ROTATE,
        CREATE,
        DESTROY_OLDEST,
        COPY,
        RESTORE
    }

    @Property(tries = 80)
    void aVersionNumberIsIssuedOnceWhateverIsRestored(@ForAll @Size(max = 25) List<Step> steps) {
        for (Step step : steps) {
            take(step);
            store.load()
                    .keys()
                    .forEach(key -> assertThat(
                                    issued.computeIfAbsent(key.metadata().id(), id -> key.fingerprint()))
                            .as("%s", key.metadata().id())
                            .isEqualTo(key.fingerprint()));
        }
    }

    private void take(Step step) {
        KeyLifecycle life = node.lifecycle();
        switch (step) {
            case ROTATE -> {
                node.ensureActive(TYPE);
                life.promote(life.createSuccessor(TYPE, WHO, ""), WHO, "");
            }
            case CREATE -> life.createSuccessor(TYPE, WHO, "");
            case DESTROY_OLDEST ->
                node.refresh().versions(TYPE).stream()
                        .filter(version -> version.state() == KeyState.DEACTIVATED)
                        .findFirst()
                        .ifPresent(version -> {
                            life.proposeDestroy(version.id(), WHO, "");
                            life.destroy(version.id(), WHO, "");
                        });
            case COPY -> copy = store.load();
            case RESTORE -> restore();
        }
    }

    private void restore() {
        boolean older = copy.generation() < store.load().generation();
        node.close();
        store.fail(false);
        store.overwrite(copy);
        node = open();
        assertThat(node.status().rollback()).isEqualTo(older ? Rollback.ROLLED_BACK : Rollback.DETECTABLE);
        if (older) {
            assertThatThrownBy(() -> node.sealing(TYPE))
                    .isInstanceOf(SealingRefusedException.class)
                    .hasMessageContaining("recover");
            node.recover(WHO, "");
        }
        assertThat(node.status().rollback()).isEqualTo(Rollback.DETECTABLE);
    }

    private KeyRegistry open() {
        ResealSettings settings =
                ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused", ResealSettings.ANCHOR, anchor));
        return KeyRegistry.open(store, new TestKek("kek"), KeyTypes.standard(), settings, TestClock.standing());
    }
}
