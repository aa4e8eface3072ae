package io.reseal.testing;

import io.reseal.keys.spi.KeyEncryption;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A KEK that fails, hangs or answers wrongly while a test says so, in front of one that does not. Safe for use by several
 * threads.
 */
public final class FaultyKek implements KeyEncryption {

    private static final long PATIENCE_SECONDS = 60;

    private final KeyEncryption sound;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Fault fault = Fault.NONE;
    private volatile CountDownLatch released = new CountDownLatch(0);

    private enum Fault {
        NONE,
        FAILS,
        ANSWERS_WRONGLY
    }

    public FaultyKek(KeyEncryption sound) {
        this.sound = sound;
    }

    /** Every call fails, until {@link #recover}. */
    public void fail() {
        fault = Fault.FAILS;
    }

    /** Every call returns other bytes than it should, without any error, until {@link #recover}. */
    public void answerWrongly() {
        fault = Fault.ANSWERS_WRONGLY;
    }

    /** Every call waits, until {@link #recover}: slower than any time limit. */
    public void hang() {
        released = new CountDownLatch(1);
    }

    /** Works again; calls that wait go on. */
    public void recover() {
        fault = Fault.NONE;
        released.countDown();
    }

    /** How often it was asked to wrap or unwrap. */
    public int calls() {
        return calls.get();
    }

    @Override
    public String id() {
        return sound.id();
    }

    @Override
    public byte[] wrap(byte[] keyset, byte[] associatedData) throws GeneralSecurityException {
        return answer(sound.wrap(keyset, associatedData));
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] associatedData) throws GeneralSecurityException {
        return answer(sound.unwrap(wrapped, associatedData));
    }

    private byte[] answer(byte[] right) throws GeneralSecurityException {
        calls.incrementAndGet();
        awaitRelease();
        return switch (fault) {
            case NONE -> right;
            case FAILS -> throw new GeneralSecurityException("The KEK was told to fail");
            case ANSWERS_WRONGLY -> wrong(right);
        };
    }

    private void awaitRelease() throws GeneralSecurityException {
        try {
            if (!released.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new GeneralSecurityException("The KEK was told to hang, and nobody let it go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GeneralSecurityException("The KEK was told to hang, and its caller was interrupted", e);
        }
    }

    private static byte[] wrong(byte[] right) {
        byte[] wrong = Arrays.copyOf(right, right.length);
        wrong[wrong.length - 1] ^= 1;
        return wrong;
    }
}
