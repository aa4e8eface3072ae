package io.reseal.rotation.internal.reencrypt;

import io.reseal.database.ColumnCatalog;
import io.reseal.database.RetiredColumn;
import io.reseal.database.SealedColumn;
import io.reseal.keys.KeyRegistry;
import java.util.List;

/** The columns that are counted and re-encrypted: every one that was ever mapped, but for those that people retired. */
final class ColumnScope {

    private final ColumnCatalog catalog;
    private final KeyRegistry keys;

    ColumnScope(ColumnCatalog catalog, KeyRegistry keys) {
        this.catalog = catalog;
        this.keys = keys;
    }

    /** Entries of the catalog. */
    List<SealedColumn> columns() {
        List<RetiredColumn> retired = retired();
        return catalog.columns().stream()
                .filter(column -> retired.stream().noneMatch(one -> one.is(column)))
                .toList();
    }

    List<RetiredColumn> retired() {
        return RetiredColumn.in(keys.keyring());
    }
}
