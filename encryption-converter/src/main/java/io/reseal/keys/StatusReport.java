package io.reseal.keys;

import io.reseal.keys.spi.KeyStore;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a node can say of its key store and of itself, put together from everybody who knows a part of it. */
final class StatusReport {

    private final KeyStore store;
    private final RollbackWatch rollback;
    private final KeyringCache cache;
    private final ClockWatch clock;

    StatusReport(StoreAccess access, KeyringCache cache, ClockWatch clock) {
        this.store = access.store();
        this.rollback = access.rollback();
        this.cache = cache;
        this.clock = clock;
    }

    KeyStoreStatus status() {
        Keyring keyring = cache.current();
        List<String> problems = Stream.of(
                        cache.tampering().map(found -> String.valueOf(found.getMessage())),
                        keyring.refusal(),
                        cache.failing(),
                        cache.lapse(),
                        rollback.failure(),
                        store.problem(),
                        clock.problem())
                .flatMap(Optional::stream)
                .toList();
        return new KeyStoreStatus(keyring.generation(), rollback(keyring), cache.lease(), problems);
    }

    /** Those that keep this node from sealing, by what is known. */
    List<String> hindrances() {
        return Stream.of(
                        cache.tampering().map(found -> String.valueOf(found.getMessage())),
                        cache.present().refusal(),
                        cache.lapse(),
                        cache.silence())
                .flatMap(Optional::stream)
                .toList();
    }

    /** What is the matter, for the other nodes. */
    Set<Indicator> indicators() {
        Set<Indicator> present = EnumSet.noneOf(Indicator.class);
        note(present, cache.tampering().isPresent(), Indicator.KEY_STORE_TAMPERED);
        note(present, cache.present().refusal().isPresent(), Indicator.KEY_STORE_ROLLED_BACK);
        note(present, cache.isSilent(), Indicator.KEY_STORE_UNAVAILABLE);
        note(present, rollback.failure().isPresent(), Indicator.ANCHOR_UNAVAILABLE);
        note(present, clock.problem().isPresent(), Indicator.CLOCK_BEHIND);
        return present;
    }

    private static void note(Set<Indicator> present, boolean isPresent, Indicator indicator) {
        if (isPresent) {
            present.add(indicator);
        }
    }

    private KeyStoreStatus.Rollback rollback(Keyring keyring) {
        if (keyring.refusal().isPresent()) {
            return KeyStoreStatus.Rollback.ROLLED_BACK;
        }
        return rollback.hasAnchor() ? KeyStoreStatus.Rollback.DETECTABLE : KeyStoreStatus.Rollback.NOT_DETECTABLE;
    }
}
