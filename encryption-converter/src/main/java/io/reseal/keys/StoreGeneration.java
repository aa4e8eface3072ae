package io.reseal.keys;

import io.reseal.ResealConfigurationException;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.StoreSeal;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a key store has come, for whoever verifies that the audit log tells of every step: by its seal alone, without believing
 * what else the tables hold.
 */
public final class StoreGeneration {

    private static final Logger LOG = LoggerFactory.getLogger(StoreGeneration.class);
    private static final String RECOVER = "recover";
    private static final String FROM = "from generation ";
    private static final Pattern RECOVERED = Pattern.compile(FROM + "(\\d{1,18})");

    private final KeysetWrapping wrapping;

    public StoreGeneration(String application, String environment, KeyEncryption kek) {
        this.wrapping = new KeysetWrapping(application, environment, kek);
    }

    /** The generation that a seal covers; empty if somebody without the KEK made or edited the seal. */
    public OptionalLong of(StoreSeal seal) {
        return StoreContents.parse(seal.contents())
                .filter(contents -> isAuthentic(seal, contents.store()))
                .map(StoreContents::generation)
                .stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }

    private boolean isAuthentic(StoreSeal seal, String store) {
        try {
            StoreMac mac = StoreMac.unwrap(wrapping, new StoreKey(store, seal.kekId(), seal.wrappedKey()));
            return mac.verifies(seal.mac(), seal.contents().getBytes(StandardCharsets.UTF_8));
        } catch (ResealConfigurationException e) {
            LOG.debug("The key of a key store's MAC does not open", e);
            return false;
        }
    }

    /**
     * The generation of the older copy from which a recovery went on; empty if the entry tells of none. Only a recovery writes the
     * record that is its subject.
     */
    public static OptionalLong recoveredFrom(String subject, AuditEntry entry) {
        Matcher from = RECOVERED.matcher(entry.detail());
        boolean isRecovery =
                entry.action().equals(RECOVER) && subject.startsWith(Recoveries.KIND + " ") && from.matches();
        return isRecovery ? OptionalLong.of(Long.parseLong(from.group(1))) : OptionalLong.empty();
    }

    /** The entry of a recovery that goes on from an older copy. */
    static AuditEntry recovery(AuditEntry asked, long generation) {
        return asked.telling(FROM + generation);
    }
}
