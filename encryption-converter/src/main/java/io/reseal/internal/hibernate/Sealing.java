package io.reseal.internal.hibernate;

import io.reseal.SealingRefusedException;
import io.reseal.StorageForm;
import io.reseal.UndecodableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.internal.format.CodecException;
import io.reseal.internal.format.ValueCodec;
import io.reseal.keys.KeyRegistry;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns one attribute's values into sealed bytes and back. Its type has to exist before Hibernate knows the attribute's
 * table and column; {@link #locate} tells where it lives, {@link #unlock} with which keys, both before the first session.
 *
 * @param <J> the attribute's type, boxed
 */
final class Sealing<J> {

    private final ValueCodec<J> codec;
    private volatile @Nullable SealedAttribute attribute;
    private volatile @Nullable FieldCipher cipher;

    Sealing(ValueCodec<J> codec) {
        this.codec = codec;
    }

    boolean isMutable() {
        return codec.isMutable();
    }

    J copy(J value) {
        return exactly(() -> codec.copy(value));
    }

    boolean isSame(J one, J another) {
        return exactly(() -> codec.isSame(one, another));
    }

    void locate(SealedAttribute attribute) {
        this.attribute = attribute;
    }

    void unlock(KeyRegistry keys) {
        cipher = new FieldCipher(keys, attribute().context());
    }

    SealedAttribute attribute() {
        return Objects.requireNonNull(attribute, "the attribute is located before it is used");
    }

    byte[] seal(J value) {
        return cipher().seal(attribute().keyType(), encode(value));
    }

    J open(byte[] sealed) {
        return decode(cipher().open(sealed));
    }

    /** The sealed value as the column stores it. */
    Object toColumn(J value) {
        return attribute().form() == StorageForm.TEXT
                ? cipher().sealText(attribute().keyType(), encode(value))
                : seal(value);
    }

    J fromColumn(Object stored) {
        return stored instanceof String text ? decode(cipher().openText(text)) : open((byte[]) stored);
    }

    byte[] encode(J value) {
        return exactly(() -> codec.encode(value));
    }

    private <R> R exactly(Supplier<R> coding) {
        try {
            return coding.get();
        } catch (CodecException e) {
            throw new SealingRefusedException(
                    "The value of " + attribute().qualifiedPath() + " was not sealed: " + e.getMessage()
                            + ". Correct the value",
                    null);
        }
    }

    private J decode(byte[] plaintext) {
        try {
            return codec.decode(plaintext);
        } catch (CodecException e) {
            throw new UndecodableValueException("A value of " + attribute().qualifiedPath()
                    + " opened, and is none of the attribute's type: " + e.getMessage()
                    + ". Give the attribute the type again that it was written with, or rewrite the value");
        }
    }

    private FieldCipher cipher() {
        return Objects.requireNonNull(cipher, "the keys are opened before they are used");
    }
}
