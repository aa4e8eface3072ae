package io.reseal.rotation.internal.reencrypt;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** A row of {@code reseal_proof} with its columns. */
record StoredProof(long id, TakenProof taken) {

    private static final String LABEL = "reseal/proof/v1";

    /** SHA-256 over everything that the rows hold. */
    String digest() {
        List<String> parts = new ArrayList<>(List.of(
                LABEL,
                Long.toString(id),
                taken.key().type().name(),
                Integer.toString(taken.key().version()),
                taken.strength().name(),
                taken.takenAt().truncatedTo(ChronoUnit.MICROS).toString(),
                taken.mark().database(),
                taken.mark().position(),
                Integer.toString(taken.assumptions().size())));
        parts.addAll(taken.assumptions());
        taken.columns().stream().map(StoredProof::parts).sorted().forEach(parts::add);
        return CanonicalDigest.of(parts);
    }

    private static String parts(TakenProof.Seen seen) {
        return CanonicalDigest.of(List.of(
                seen.table().schemaText(),
                seen.table().table(),
                seen.column().column(),
                Long.toString(seen.column().remaining()),
                Long.toString(seen.column().values()),
                seen.snapshot(),
                seen.place()));
    }
}
