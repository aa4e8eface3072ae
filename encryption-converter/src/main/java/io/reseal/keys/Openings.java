package io.reseal.keys;

import com.google.crypto.tink.Aead;
import io.reseal.NewerFormatException;
import io.reseal.UnreadableValueException;

/**
 * Opens values of one column, and counts what may point to a compromise: who opens a value says here how it ended. Safe for use
 * by several threads.
 */
public final class Openings {

    private final KeyRegistry keys;
    private final Indications indications;
    private final String column;
    private final boolean reencrypts;

    Openings(KeyRegistry keys, Indications indications, String column, boolean reencrypts) {
        this.keys = keys;
        this.indications = indications;
        this.column = column;
        this.reencrypts = reencrypts;
    }

    /**
     * The cipher that opens values with this Tink key id in front, for one decryption.
     *
     * @throws UnreadableValueException if the key is unknown, or its state or format forbids opening
     */
    public Aead cipher(int tinkKeyId) {
        try {
            Keyring.Opening opening = keys.opening(tinkKeyId);
            if (opening.state() == KeyState.COMPROMISED && !reencrypts) {
                indications.count(column, Indicator.COMPROMISED_KEY, tinkKeyId);
            }
            return opening.cipher();
        } catch (UnreadableValueException e) {
            if (!(e instanceof NewerFormatException)) { // that this release is too old for a key is no sign of anything
                countRefusal(tinkKeyId);
            }
            throw e;
        }
    }

    /** A value under a known key did not open. */
    public void tampered(int tinkKeyId) {
        indications.count(column, Indicator.TAMPERED_VALUE, tinkKeyId);
    }

    /** Something was stored that is not sealed. */
    public void plaintext() {
        indications.count(column, Indicator.PLAINTEXT_VALUE, ColumnIndications.NO_KEY);
    }

    private void countRefusal(int tinkKeyId) {
        Keyring keyring = keys.keyring();
        if (!keyring.holds(tinkKeyId)) {
            indications.count(column, Indicator.UNKNOWN_KEY, tinkKeyId);
            return;
        }
        switch (keyring.state(tinkKeyId)) {
            case SUSPENDED -> indications.count(column, Indicator.SUSPENDED_KEY, tinkKeyId);
            case PENDING_DESTROY -> indications.count(column, Indicator.PENDING_DESTROY_KEY, tinkKeyId);
            case DESTROYED -> indications.count(column, Indicator.DESTROYED_KEY, tinkKeyId);
            case COMPROMISED -> indications.count(column, Indicator.REFUSED_COMPROMISED_KEY, tinkKeyId);
            case PRE_ACTIVE, ACTIVE, DEACTIVATED -> {}
        }
    }
}
