package io.reseal.testing;

import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.KeyEncryptionContract;

class TestKekTest extends KeyEncryptionContract {

    private int count;

    @Override
    protected KeyEncryption another() {
        return new FaultyKek(new TestKek("kek " + count++));
    }
}
