package io.reseal.keys;

import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import java.util.HexFormat;

/**
 * One certain copy of a key store: two copies of one generation may differ, because each went its own way after a restore.
 *
 * @param generation of the copy
 * @param mac over all of it, as lower-case hexadecimal digits; empty if it has none
 */
public record StoreCopy(long generation, String mac) {

    static StoreCopy of(StoredKeys stored) {
        return new StoreCopy(
                stored.generation(),
                stored.seal()
                        .map(StoreSeal::mac)
                        .map(mac -> HexFormat.of().formatHex(mac.toByteArray()))
                        .orElse(""));
    }
}
