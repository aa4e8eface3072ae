package io.reseal.keys;

import com.google.crypto.tink.util.Bytes;

/**
 * The key that authenticates a key store's content, as it is kept.
 *
 * @param store the UUID of the store, to which it is bound
 * @param kekId the KEK that wrapped it
 */
record StoreKey(String store, String kekId, Bytes wrapped) {}
