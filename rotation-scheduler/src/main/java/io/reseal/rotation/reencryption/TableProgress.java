package io.reseal.rotation.reencryption;

import java.util.Optional;

/**
 * How far a run is in one table.
 *
 * @param schema empty for the connection's own schema
 * @param changed rows that the run has re-encrypted
 * @param superseded rows that the application changed before the run could: its value stands
 * @param quarantined values that could not be opened or written and were left as they are
 * @param tail rows that others held locked and that the run comes back to
 * @param estimatedRows rows in the table, as the database's statistics had it when the run was planned
 * @param rangesDone ranges of the key that are worked off
 * @param rangesTotal ranges of the key in all
 */
public record TableProgress(
        Optional<String> schema,
        String table,
        long changed,
        long superseded,
        long quarantined,
        long tail,
        long estimatedRows,
        int rangesDone,
        int rangesTotal) {}
