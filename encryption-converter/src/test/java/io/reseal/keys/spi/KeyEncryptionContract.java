package io.reseal.keys.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyEncryption} keeps; an implementation's test extends this and hands over two different KEKs. */
public abstract class KeyEncryptionContract {

    private static final byte[] KEYSET = "a keyset of some length".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BOUND_TO = {1, 2, 3};
    private static final int THREADS = 8;

    private KeyEncryption kek;

    /** A KEK; each call returns another. */
    protected abstract KeyEncryption another() throws Exception;

    @BeforeEach
    void openKek() throws Exception {
        kek = another();
    }

    @Test
    void opensWhatItWrapped() throws GeneralSecurityException {
        assertThat(kek.unwrap(kek.wrap(KEYSET, BOUND_TO), BOUND_TO)).isEqualTo(KEYSET);
    }

    @Test
    void takesAnythingForAKeyset() throws GeneralSecurityException {
        for (int length : new int[] {1, 32, 4096}) {
            byte[] keyset = new byte[length];
            assertThat(kek.unwrap(kek.wrap(keyset, BOUND_TO), BOUND_TO)).isEqualTo(keyset);
        }
    }

    @Test
    void leavesTheCallersArraysAsTheyAre() throws GeneralSecurityException {
        byte[] keyset = KEYSET.clone();
        byte[] wrapped = kek.wrap(keyset, BOUND_TO);
        byte[] before = wrapped.clone();
        Arrays.fill(kek.unwrap(wrapped, BOUND_TO), (byte) 0);
        assertThat(keyset).isEqualTo(KEYSET);
        assertThat(wrapped).isEqualTo(before);
    }

    @Test
    void aWrapDoesNotShowTheKeysetAndIsNeverTheSame() throws GeneralSecurityException {
        byte[] wrapped = kek.wrap(KEYSET, BOUND_TO);
        assertThat(wrapped).isNotEqualTo(kek.wrap(KEYSET, BOUND_TO));
        assertThat(Collections.indexOfSubList(list(wrapped), list(KEYSET))).isNegative();
    }

    @Test
    void refusesOtherAssociatedData() throws GeneralSecurityException {
        byte[] wrapped = kek.wrap(KEYSET, BOUND_TO);
        refuses(wrapped, new byte[] {1, 2, 4});
        refuses(wrapped, new byte[0]);
    }

    @Test
    void refusesAWrapWithAnyByteChangedOrCutOff() throws GeneralSecurityException {
        byte[] wrapped = kek.wrap(KEYSET, BOUND_TO);
        for (int i = 0; i < wrapped.length; i++) {
            byte[] changed = wrapped.clone();
            changed[i] ^= 0x40;
            refuses(changed, BOUND_TO);
            refuses(Arrays.copyOf(wrapped, i), BOUND_TO);
        }
    }

    @Test
    void anotherKekHasAnotherIdAndOpensNothing() throws Exception {
        KeyEncryption other = another();
        byte[] wrapped = kek.wrap(KEYSET, BOUND_TO);
        assertThat(other.id()).isNotEqualTo(kek.id()).isNotBlank();
        assertThatThrownBy(() -> other.unwrap(wrapped, BOUND_TO)).isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void manyThreadsUseItAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            Callable<byte[]> use = () -> kek.unwrap(kek.wrap(KEYSET, BOUND_TO), BOUND_TO);
            for (Future<byte[]> used : threads.invokeAll(Collections.nCopies(THREADS * 10, use))) {
                assertThat(used.get()).isEqualTo(KEYSET);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void refuses(byte[] wrapped, byte[] associatedData) {
        assertThatThrownBy(() -> kek.unwrap(wrapped, associatedData)).isInstanceOf(GeneralSecurityException.class);
    }

    private static List<Byte> list(byte[] bytes) {
        Byte[] boxed = new Byte[bytes.length];
        Arrays.setAll(boxed, i -> bytes[i]);
        return Arrays.asList(boxed);
    }
}
