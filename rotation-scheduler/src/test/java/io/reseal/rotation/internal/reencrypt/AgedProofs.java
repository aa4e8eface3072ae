package io.reseal.rotation.internal.reencrypt;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyRegistry;

/** Lets proofs that a test has changed by SQL count as if they had been taken like that. */
public final class AgedProofs {

    private AgedProofs() {}

    public static void record(ResealSettings settings, KeyRegistry keys, KeyId key) {
        try (ResealDatabase pool = ResealDatabase.open(settings, "test", 1)) {
            ProofRecords records = new ProofRecords(keys);
            new ProofStore(pool.jdbi(), keys.types()).of(key).forEach(records::add);
        }
    }
}
