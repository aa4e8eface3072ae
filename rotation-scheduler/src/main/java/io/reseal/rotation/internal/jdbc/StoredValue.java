package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A sealed value as it is stored, in binary or in text form. Equal if the stored bytes are. */
public final class StoredValue {

    private final byte[] bytes;

    private StoredValue(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the array over. */
    public static StoredValue of(byte[] bytes) {
        return new StoredValue(bytes);
    }

    public static StoredValue of(String text) {
        return new StoredValue(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The stored bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What JDBC binds: an array of bytes or a string. */
    Object in(StorageForm form) {
        return form == StorageForm.BINARY ? bytes : text();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredValue value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "StoredValue[" + bytes.length + " bytes]";
    }
}
