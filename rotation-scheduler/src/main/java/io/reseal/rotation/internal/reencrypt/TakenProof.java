package io.reseal.rotation.internal.reencrypt;

import io.reseal.keys.KeyId;
import io.reseal.rotation.internal.jdbc.DatabaseMark;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.ProofStrength;
import java.time.Instant;
import java.util.List;

/**
 * A proof as it was taken, with what has to stay true for it to stand.
 *
 * @param mark the database after the last table was counted
 */
record TakenProof(
        KeyId key,
        ProofStrength strength,
        Instant takenAt,
        List<String> assumptions,
        DatabaseMark mark,
        List<Seen> columns) {

    TakenProof {
        assumptions = List.copyOf(assumptions);
        columns = List.copyOf(columns);
    }

    /** One column, in its table's snapshot and place. */
    record Seen(ColumnProof column, String snapshot, String place) {

        TableName table() {
            return new TableName(column.schema(), column.table());
        }
    }

    static List<Seen> seen(KeyId key, List<CountedTable> tables) {
        return tables.stream()
                .flatMap(table -> table.columns().getOrDefault(key, List.of()).stream()
                        .map(column -> new Seen(column, table.snapshot(), table.place())))
                .toList();
    }

    List<ColumnProof> counts() {
        return columns.stream().map(Seen::column).toList();
    }
}
