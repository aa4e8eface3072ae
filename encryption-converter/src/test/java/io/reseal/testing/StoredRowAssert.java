package io.reseal.testing;

import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Asserts under which key the sealed values of a row are; messages never quote a value. */
public final class StoredRowAssert extends AbstractAssert<StoredRowAssert, StoredRow> {

    StoredRowAssert(StoredRow actual) {
        super(actual, StoredRowAssert.class);
    }

    /** At least one of its values is sealed, and every one that is, under that version of the key type of that name. */
    public StoredRowAssert sealedUnder(String keyType, int version) {
        List<StoredValue> sealed = actual.values().stream()
                .filter(value -> value.key().isPresent())
                .toList();
        if (sealed.isEmpty()) {
            failWithMessage("Expected %s to hold a sealed value", actual);
        }
        sealed.forEach(value -> Assertions.assertThat(value).sealedUnder(keyType, version));
        return this;
    }

    /** None of its values is sealed. */
    public StoredRowAssert isNotSealed() {
        actual.values().forEach(value -> Assertions.assertThat(value).isNotSealed());
        return this;
    }
}
