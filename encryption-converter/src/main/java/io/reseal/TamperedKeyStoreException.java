package io.reseal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody other than Reseal changed the key store. It is neither used nor written any more: nothing was overwritten. A node
 * that knew the keys before goes on opening with them, and refuses to seal.
 */
public final class TamperedKeyStoreException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final ArrayList<String> findings;

    /** @param findings what differs, as far as it can be told, a row or column each */
    public TamperedKeyStoreException(List<String> findings, @Nullable Throwable cause) {
        super(
                "The key store was changed by somebody other than Reseal: " + String.join("; ", findings)
                        + ". Nothing was overwritten. Find out who wrote to it, and restore reseal_keystore, reseal_key and"
                        + " reseal_record together from one backup",
                cause);
        this.findings = new ArrayList<>(findings);
    }

    /** What differs, as far as it can be told. */
    public List<String> findings() {
        return List.copyOf(findings);
    }
}
