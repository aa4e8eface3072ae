package io.reseal.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealSettings;
import io.reseal.TamperedValueException;
import io.reseal.UnknownKeyException;
import io.reseal.UnreadableValueException;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FieldCipherProperties {

    private static final KeyType TYPE = KeyType.DATABASE_ENCRYPTION;

    /** Two versions, so that a damaged header may name another key that exists; time flies, so that no look-up waits. */
    private static final KeyRegistry KEYS = registry();

    private final FieldCipher cipher = new FieldCipher(KEYS, "users.email");

    @Property
    void anyBytesRoundTrip(@ForAll byte[] plaintext) {
        byte[] sealed = cipher.seal(TYPE, plaintext);
        assertThat(sealed).hasSize(plaintext.length + FieldCipher.OVERHEAD);
        assertThat(cipher.open(sealed)).isEqualTo(plaintext);
        assertThat(cipher.openText(cipher.sealText(TYPE, plaintext))).isEqualTo(plaintext);
    }

    @Property
    void oneFlippedBitNeverOpens(@ForAll byte[] plaintext, @ForAll @IntRange(max = 1 << 20) int position) {
        byte[] sealed = cipher.seal(TYPE, plaintext);
        int bit = position % (sealed.length * Byte.SIZE);
        sealed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
        assertUnreadable(sealed);
    }

    @Example
    void noBitOfAValueMayFlip() {
        byte[] sealed = cipher.seal(TYPE, new byte[] {42});
        for (int bit = 0; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] damaged = sealed.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertUnreadable(damaged);
        }
    }

    @Property
    void oneChangedCharacterNeverOpens(
            @ForAll byte[] plaintext, @ForAll @IntRange(max = 1 << 20) int position, @ForAll char other) {
        StringBuilder text = new StringBuilder(cipher.sealText(TYPE, plaintext));
        int index = position % text.length();
        Assume.that(text.charAt(index) != other);
        text.setCharAt(index, other);
        assertUnreadable(text.toString());
    }

    @Example
    void noCharacterMayBecomeAnotherOfTheAlphabet() {
        String text = cipher.sealText(TYPE, new byte[] {42});
        String alphabet = "abcxyzABCXYZ0123456789-_:= \n";
        for (int i = 0; i < text.length(); i++) {
            for (int j = 0; j < alphabet.length(); j++) {
                char other = alphabet.charAt(j);
                if (text.charAt(i) != other) {
                    assertUnreadable(text.substring(0, i) + other + text.substring(i + 1));
                }
            }
        }
    }

    @Property(tries = 100)
    void nothingOpensWhenCutShortOrExtended(@ForAll byte[] plaintext, @ForAll byte more) {
        byte[] sealed = cipher.seal(TYPE, plaintext);
        String text = cipher.sealText(TYPE, plaintext);
        for (int length = 0; length < sealed.length; length++) {
            assertUnreadable(Arrays.copyOf(sealed, length));
        }
        for (int length = 0; length < text.length(); length++) {
            assertUnreadable(text.substring(0, length));
        }
        byte[] extended = Arrays.copyOf(sealed, sealed.length + 1);
        extended[sealed.length] = more;
        assertUnreadable(extended);
        assertUnreadable(text + "A");
    }

    @Property
    void arbitraryBytesAndTextsNeverOpen(@ForAll byte[] bytes, @ForAll String text) {
        assertUnreadable(bytes);
        assertUnreadable(text);
        assertUnreadable("rs:db:1:" + text);
    }

    @Property
    void aValueDoesNotOpenInAnotherContext(@ForAll byte[] plaintext, @ForAll String context) {
        Assume.that(!context.equals(cipher.context()));
        byte[] sealed = cipher.seal(TYPE, plaintext);
        assertThatThrownBy(() -> new FieldCipher(KEYS, context).open(sealed))
                .isInstanceOf(TamperedValueException.class);
    }

    @Property
    void textThatLooksSealedIsSealedAgain(@ForAll byte[] plaintext) {
        byte[] envelope = cipher.sealText(TYPE, plaintext).getBytes(StandardCharsets.US_ASCII);
        String twice = cipher.sealText(TYPE, envelope);
        assertThat(twice.getBytes(StandardCharsets.US_ASCII)).isNotEqualTo(envelope);
        assertThat(cipher.openText(twice)).isEqualTo(envelope);
    }

    @Example
    void namesUnknownKeysAsUnknown() {
        byte[] sealed = cipher.seal(TYPE, new byte[] {42});
        String body = cipher.sealText(TYPE, new byte[] {42}).split(":", 4)[3];
        for (String prefix : new String[] {"rs:db:9:", "rs:nosuch:1:", "rs:db:99999999:", "rs:tok:1:"}) {
            assertThatThrownBy(() -> cipher.openText(prefix + body)).isInstanceOf(UnknownKeyException.class);
        }
        for (int code : new int[] {0, 6, 0x7f, 0x80, 0xff}) {
            byte[] damaged = sealed.clone();
            damaged[1] = (byte) code;
            assertThatThrownBy(() -> cipher.open(damaged)).isInstanceOf(UnknownKeyException.class);
        }
    }

    private void assertUnreadable(byte[] value) {
        assertThatThrownBy(() -> cipher.open(value)).isInstanceOf(UnreadableValueException.class);
    }

    private void assertUnreadable(String value) {
        assertThatThrownBy(() -> cipher.openText(value)).isInstanceOf(UnreadableValueException.class);
    }

    private static KeyRegistry registry() {
        ResealSettings settings = ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused"));
        KeyRegistry keys = KeyRegistry.open(
                new MemoryKeyStore(),
                new TestKek("kek"),
                KeyTypes.standard(),
                settings,
                TestClock.stepping(Duration.ofMillis(1_001)));
        keys.ensureActive(TYPE);
        keys.lifecycle().promote(keys.lifecycle().createSuccessor(TYPE, "test", ""), "test", "");
        return keys;
    }
}
