package io.reseal;

/** How a sealed value is stored. */
public enum StorageForm {
    /** The Tink ciphertext as is, in a binary column: 33 bytes longer than the plaintext. */
    BINARY,
    /** {@code rs:<tag>:<version>:<base64url>}, in a character column: a DBA can read and group by the key version. */
    TEXT
}
