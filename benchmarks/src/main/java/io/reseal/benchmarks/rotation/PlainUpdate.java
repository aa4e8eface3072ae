package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import io.reseal.keys.KeyId;

/**
 * The statement that a person would write to touch every row: what the database itself needs to rewrite the table, without
 * any encryption.
 */
record PlainUpdate(int sessions) implements Contender {

    @Override
    public String name() {
        return "UPDATE ×" + sessions;
    }

    @Override
    public String startsFrom() {
        return Templates.RESEAL;
    }

    @Override
    public long rows(long rows) {
        return rows;
    }

    @Override
    public Attempt prepare(Database database, long rows) {
        return Sessions.open(database, Halves.of("UPDATE customer SET c = c || ''", sessions, rows));
    }

    @Override
    public void check(Database database, long rows) {
        KeyId untouched = new KeyId(SealedRows.KEY_TYPE, 1);
        WrongRunException.require(
                new SealedRows(database).under(untouched) == rows, "The UPDATE changed what the column holds");
    }
}
