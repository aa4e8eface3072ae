package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.util.Bytes;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.spi.KeyTransition;
import io.reseal.keys.spi.StoreSeal;
import io.reseal.keys.spi.StoredKeys;
import io.reseal.keys.spi.WrappedKey;
import io.reseal.testing.TestKek;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StoreSealingTest {

    private static final KeyType FUTURE = new KeyType("from_the_future", 99, "fut");

    private final StoreSealing sealing = new StoreSealing(wrapping("production"));

    @Test
    void anEmptyStoreNeedsNoSeal() {
        assertThatCode(() -> sealing.verify(StoredKeys.NONE)).doesNotThrowAnyException();
    }

    @Test
    void aReleaseThatDoesNotKnowATypeCarriesItsRowsMacOn() {
        StoredKeys newer = sealed(StoredKeys.NONE, new KeyTransition.Create(key(FUTURE)));
        StoredKeys older = new StoredKeys(1, List.of(), List.of(), Set.of("key/from_the_future/1"), newer.seal());
        sealing.verify(older);
        StoredKeys changed = sealed(older, new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION)));
        StoredKeys read = new StoredKeys(
                2, List.of(key(FUTURE), key(KeyType.TOKEN_ENCRYPTION)), List.of(), Set.of(), changed.seal());
        assertThatCode(() -> sealing.verify(read)).doesNotThrowAnyException();
    }

    @Test
    void aRowOfAnUnknownTypeThatIsGoneOrNewIsNamed() {
        StoredKeys newer = sealed(StoredKeys.NONE, new KeyTransition.Create(key(FUTURE)));
        assertThatThrownBy(() -> sealing.verify(new StoredKeys(1, List.of(), List.of(), Set.of(), newer.seal())))
                .isInstanceOf(TamperedKeyStoreException.class)
                .hasMessageContaining("from_the_future version 1 in reseal_key was deleted");
        assertThatThrownBy(() -> sealing.verify(
                        new StoredKeys(1, newer.keys(), List.of(), Set.of("key/from_beyond/1"), newer.seal())))
                .isInstanceOf(TamperedKeyStoreException.class)
                .hasMessageContaining("from_beyond version 1 in reseal_key was added");
    }

    @Test
    void aSealOfAnotherEnvironmentIsNoSeal() {
        StoredKeys foreign = StoredKeys.NONE.after(new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION)));
        StoredKeys sealed = foreign.sealed(new StoreSealing(wrapping("staging")).seal(foreign, 1));
        assertThatThrownBy(() -> sealing.verify(sealed)).hasMessageContaining("'production'");
    }

    @Test
    void theMacsKeyOpensForItsOwnStoreAlone() {
        StoreSeal one = sealed(StoredKeys.NONE, new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION)))
                .seal()
                .orElseThrow();
        StoreSeal other = new StoreSealing(wrapping("production")).seal(StoredKeys.NONE, 1);
        String name = StoreContents.parse(one.contents()).orElseThrow().store();
        StoreSeal exchanged = new StoreSeal(1, one.contents(), one.mac(), other.kekId(), other.wrappedKey());
        StoredKeys stored = StoredKeys.NONE.sealed(exchanged);
        assertThat(other.contents()).doesNotContain(name);
        assertThatThrownBy(() -> new StoreSealing(wrapping("production")).verify(stored))
                .hasMessageContaining("does not open");
    }

    @Test
    void theKekIsAskedOnceHoweverOftenTheStoreIsRead() {
        StoredKeys stored = sealed(StoredKeys.NONE, new KeyTransition.Create(key(KeyType.TOKEN_ENCRYPTION)));
        StoreSealing other = new StoreSealing(wrapping("production"));
        other.verify(stored);
        StoredKeys next = sealed(stored, new KeyTransition.PutRecord(new ProtectedRecord("policy", "a", "{}")));
        assertThat(next.seal().orElseThrow().wrappedKey())
                .isEqualTo(stored.seal().orElseThrow().wrappedKey());
        assertThatCode(() -> other.verify(next)).doesNotThrowAnyException();
    }

    private StoredKeys sealed(StoredKeys before, KeyTransition transition) {
        StoredKeys after = before.after(transition);
        return after.sealed(sealing.seal(after, before.generation() + 1));
    }

    private static KeysetWrapping wrapping(String environment) {
        return new KeysetWrapping("application", environment, new TestKek("kek"));
    }

    private static WrappedKey key(KeyType type) {
        return new WrappedKey(
                KeyVersion.created(new KeyId(type, 1), Instant.EPOCH),
                1,
                "kek",
                Bytes.copyFrom(new byte[16]),
                Bytes.copyFrom(new byte[] {1, 2, 3}));
    }
}
