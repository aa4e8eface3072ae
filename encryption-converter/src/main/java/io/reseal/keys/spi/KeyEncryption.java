package io.reseal.keys.spi;

import java.security.GeneralSecurityException;

/**
 * The key-encryption key (KEK): wraps the keyset of every key version, and nothing else. Safe for use by several threads.
 */
public interface KeyEncryption {

    /** A stable name of this KEK, stored beside what it wrapped; not secret. */
    String id();

    /** Wraps {@code keyset}, bound to {@code associatedData}. */
    byte[] wrap(byte[] keyset, byte[] associatedData) throws GeneralSecurityException;

    /**
     * Unwraps what {@link #wrap} returned.
     *
     * @throws GeneralSecurityException if this is another KEK, or the wrap or its associated data were changed
     */
    byte[] unwrap(byte[] wrapped, byte[] associatedData) throws GeneralSecurityException;
}
