package io.reseal.internal.hibernate;

import io.reseal.StorageForm;
import io.reseal.crypto.FieldCipher;
import io.reseal.internal.format.TextForm;
import io.reseal.internal.format.ValueCodec;
import io.reseal.keys.KeyType;
import java.util.Objects;
import java.util.OptionalLong;
import org.hibernate.mapping.Column;
import org.jspecify.annotations.Nullable;

/** How wide a column has to be for the sealed form of an attribute's longest value. */
final class ColumnWidths {

    private final Column column;
    private final ValueCodec<?> codec;
    private final KeyType keyType;
    private final StorageForm form;
    private final long width;

    private ColumnWidths(Column column, ValueCodec<?> codec, KeyType keyType, StorageForm form) {
        this.column = column;
        this.codec = codec;
        this.keyType = keyType;
        this.form = form;
        this.width = width(column.getLength());
    }

    /** Turns the length that the application declared, which is the plaintext's, into that of the sealed form. */
    static ColumnWidths widen(Column column, ValueCodec<?> codec, KeyType keyType, StorageForm form) {
        ColumnWidths widths = new ColumnWidths(column, codec, keyType, form);
        widths.set(widths.width);
        return widths;
    }

    /**
     * Bean Validation gives the column the plaintext's length ({@code @Size}) and precision ({@code @Digits}) after it was
     * widened. A longer plaintext gets a wider column; a shorter one keeps the width, for values from before the limit.
     */
    void widenAgain() {
        Long length = column.getLength();
        set(Objects.equals(length, width) ? width : Math.max(width, width(length)));
    }

    private void set(long sealed) {
        column.setLength(sealed);
        column.setPrecision(null);
        column.setScale(null);
    }

    private long width(@Nullable Long declared) {
        long sealed = codec.maxBytes(declared == null ? OptionalLong.empty() : OptionalLong.of(declared))
                + FieldCipher.OVERHEAD;
        return form == StorageForm.TEXT ? TextForm.maxLength(keyType, sealed) : sealed;
    }
}
