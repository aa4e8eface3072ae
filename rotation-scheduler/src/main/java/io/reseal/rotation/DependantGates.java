package io.reseal.rotation;

import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.destruction.Dependant;
import io.reseal.rotation.destruction.Gate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What people have attested about stores, caches and consumers outside Reseal's tables. */
final class DependantGates {

    private static final Set<Dependant.Kind> STORES =
            Set.of(Dependant.Kind.FILE_STORE, Dependant.Kind.SESSION_STORE, Dependant.Kind.SIGNATURE_STORE);

    private final Dependants dependants;

    DependantGates(Dependants dependants) {
        this.dependants = dependants;
    }

    /** Sessions and signatures need nobody's word once their lifetime is over, which grace covers. */
    Gate stores(KeyVersion version, KeyPolicy policy) {
        boolean expires = policy.graceEnd() instanceof GraceEnd.Expiry;
        return attested(
                Gate.Name.STORES,
                version,
                expires ? Set.of(Dependant.Kind.FILE_STORE) : STORES,
                "store that needs attesting");
    }

    Gate caches(KeyVersion version) {
        return attested(Gate.Name.CACHES, version, Set.of(Dependant.Kind.CACHE), "cache");
    }

    Gate consumers(KeyVersion version) {
        return attested(Gate.Name.CONSUMERS, version, Set.of(Dependant.Kind.CONSUMER), "consumer of change data");
    }

    /** When the last of the stores was first attested to need the key no more; empty if there is none, or one is not attested. */
    Optional<Instant> emptySince(KeyVersion version) {
        List<Dependant> stores = of(version, STORES);
        List<Instant> attested = stores.stream()
                .flatMap(store -> dependants.emptySince(store, version.id()).stream())
                .sorted()
                .toList();
        return stores.isEmpty() || attested.size() < stores.size()
                ? Optional.empty()
                : Optional.of(attested.get(attested.size() - 1));
    }

    private Gate attested(Gate.Name name, KeyVersion version, Set<Dependant.Kind> kinds, String what) {
        List<Dependant> declared = of(version, kinds);
        if (declared.isEmpty()) {
            return Gate.absent(name, "no " + what + " is declared for " + version.type());
        }
        List<Dependant> open = declared.stream()
                .filter(dependant -> !dependants.isAttested(dependant, version))
                .toList();
        return open.isEmpty()
                ? Gate.met(name, "attested for " + names(declared))
                : Gate.notMet(
                        name,
                        "nobody has attested for " + names(open) + since(version),
                        "Attest with Dependants.attest once nothing there needs the key");
    }

    private static String since(KeyVersion version) {
        return version.state() == KeyState.PENDING_DESTROY
                ? " since the destruction was proposed"
                : " since the key was retired, or since its last proposal was cancelled";
    }

    private List<Dependant> of(KeyVersion version, Set<Dependant.Kind> kinds) {
        return dependants.of(version.type()).stream()
                .filter(dependant -> kinds.contains(dependant.kind()))
                .toList();
    }

    private static String names(List<Dependant> dependants) {
        return dependants.stream().map(Dependant::toString).collect(Collectors.joining(", "));
    }
}
