package io.reseal.keys;

/** Where a node's keyring comes from, and where the other nodes learn what it holds. */
interface KeyringSource {

    /** Everything, read and verified; of the keyring before, ciphers may be used again. */
    Keyring load(Keyring before);

    /** The newest generation. */
    long generation();

    /** Renews this node's lease, if {@code held} is the newest generation, which is returned. */
    long renew(long held);
}
