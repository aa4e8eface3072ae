package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.Database;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.rotation.reencryption.ReencryptionOptions;

/** Reseal's engine at full effort, through the facade that applications use. */
record EngineRun(int workers) implements Contender {

    @Override
    public String name() {
        return "engine ×" + workers;
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
        KeyRotation rotation = KeyRotation.open(database.settings());
        rotation.rotate(SealedRows.KEY_TYPE, "benchmark", "to measure");
        return new EngineAttempt(database, rotation, () -> start(rotation), rows);
    }

    private Reencryption start(KeyRotation rotation) {
        return rotation.reencrypt(
                SealedRows.KEY_TYPE,
                ReencryptionOptions.defaults().withWorkers(workers).withEffort(Effort.FULL));
    }

    @Override
    public void check(Database database, long rows) {
        new SealedRows(database).requireRewritten(rows, rows);
    }
}
