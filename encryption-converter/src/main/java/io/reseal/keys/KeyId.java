package io.reseal.keys;

import java.nio.ByteBuffer;

/**
 * One version of one key type, and how it stands in front of every value sealed under it.
 *
 * @param type what the key protects
 * @param version 1 to {@value #MAX_VERSION}; a number is issued once and never again
 */
public record KeyId(KeyType type, int version) implements Comparable<KeyId> {

    /** Three bytes of the sealed value's header hold the version. */
    public static final int MAX_VERSION = 0xFFFFFF;

    /** Length in bytes of {@link #header()}: Tink's output prefix. */
    public static final int HEADER_LENGTH = 5;

    private static final byte TINK_PREFIX = 0x01;
    private static final int VERSION_BITS = 24;

    public KeyId {
        if (version < 1 || version > MAX_VERSION) {
            throw new IllegalArgumentException(
                    "Key version " + version + " of " + type + " is not in 1.." + MAX_VERSION);
        }
    }

    /** The id of this key in its Tink keyset: {@code type code << 24 | version}. */
    public int tinkKeyId() {
        return type.code() << VERSION_BITS | version;
    }

    /** The first five bytes of every binary value sealed under this key: {@code 01 | TT | VV VV VV}. */
    public byte[] header() {
        return ByteBuffer.allocate(HEADER_LENGTH)
                .put(TINK_PREFIX)
                .putInt(tinkKeyId())
                .array();
    }

    /** The first characters of every text value sealed under this key, for example {@code rs:db:7:}. */
    public String textPrefix() {
        return "rs:" + type.tag() + ":" + version + ":";
    }

    @Override
    public int compareTo(KeyId other) {
        return Integer.compare(tinkKeyId(), other.tinkKeyId());
    }

    @Override
    public String toString() {
        return type + " version " + version;
    }
}
