package io.reseal.testing;

import io.reseal.keys.spi.KeyStore;
import io.reseal.keys.spi.KeyStoreContract;
import java.time.Clock;

class MemoryKeyStoreTest extends KeyStoreContract {

    @Override
    protected KeyStore empty() {
        return new MemoryKeyStore(Clock.systemUTC());
    }
}
