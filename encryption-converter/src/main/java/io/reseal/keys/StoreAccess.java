package io.reseal.keys;

import io.reseal.keys.spi.KeyStore;

/** A key store, and what keeps watch over it. */
record StoreAccess(KeyStore store, StoreSealing sealing, RollbackWatch rollback) {}
