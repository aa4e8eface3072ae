package io.reseal.testing;

import io.reseal.keys.KeyId;
import java.util.Optional;
import org.assertj.core.api.AbstractAssert;

/** Asserts under which key a stored value is sealed; messages never quote the value. */
public final class StoredValueAssert extends AbstractAssert<StoredValueAssert, StoredValue> {

    StoredValueAssert(StoredValue actual) {
        super(actual, StoredValueAssert.class);
    }

    /** It is sealed under that version of the key type of that name. */
    public StoredValueAssert sealedUnder(String keyType, int version) {
        KeyId expected = new KeyId(actual.types().named(keyType), version);
        if (!actual.key().equals(Optional.of(expected))) {
            failWithMessage("Expected %s to be sealed under %s", actual, expected);
        }
        return this;
    }

    /** It is no sealed value. */
    public StoredValueAssert isNotSealed() {
        if (actual.key().isPresent()) {
            failWithMessage("Expected %s not to be sealed", actual);
        }
        return this;
    }
}
