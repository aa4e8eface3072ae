package io.reseal.keys.spi;

import com.google.crypto.tink.util.Bytes;

/**
 * By what a key store's content shows that it is as Reseal left it. A store keeps it as it is, and hands it back with the
 * content that it was given with.
 *
 * @param generation of the content
 * @param contents names every row with its MAC, and the generation; text of ASCII characters and line feeds
 * @param mac over {@code contents}
 * @param kekId the KEK that wrapped the MAC's key
 * @param wrappedKey the MAC's key
 */
public record StoreSeal(long generation, String contents, Bytes mac, String kekId, Bytes wrappedKey) {

    @Override
    public String toString() {
        return "StoreSeal[generation=" + generation + ", kekId=" + kekId + "]";
    }
}
