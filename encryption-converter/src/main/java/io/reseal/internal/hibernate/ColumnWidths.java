package io.reseal.internal.hibernate;

import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.internal.format.TextForm;
import io.reseal.internal.format.ValueCodec;
import io.reseal.keys.KeyType;
import java.util.OptionalLong;
import org.hibernate.mapping.Column;

/** How wide a column has to be for the sealed form of an attribute's longest value. */
final class ColumnWidths {

    private ColumnWidths() {}

    /** Turns the length that the application declared, which is the plaintext's, into that of the sealed form. */
    static void widen(Column column, ValueCodec<?> codec, KeyType keyType, StorageForm form) {
        Long declared = column.getLength();
        column.setLength(
                width(declared == null ? OptionalLong.empty() : OptionalLong.of(declared), codec, keyType, form));
        column.setPrecision(null);
        column.setScale(null);
    }

    private static long width(OptionalLong declared, ValueCodec<?> codec, KeyType keyType, StorageForm form) {
        long sealed = codec.maxBytes(declared) + FieldCipher.OVERHEAD;
        return form == StorageForm.TEXT ? TextForm.maxLength(keyType, sealed) : sealed;
    }
}
