package io.reseal;

import io.reseal.audit.AuditLog;
import io.reseal.database.ResealDatabase;
import io.reseal.internal.audit.AuditHurdle;
import io.reseal.internal.audit.AuditJournal;
import io.reseal.internal.audit.AuditKeys;
import io.reseal.internal.audit.Checkpoints;
import io.reseal.internal.store.JdbcKeyStore;
import io.reseal.internal.store.LocalKeyFile;
import io.reseal.internal.store.Protobuf;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.spi.KeyEncryption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens the keys that the settings name: the key store in the database, and the KEK. */
public final class ResealKeys {

    private static final String POOL = "reseal-keys";
    private static final String AUDIT_POOL = "reseal-audit";
    private static final int CONNECTIONS = 2;

    private ResealKeys() {}

    /**
     * Opens the KEK, then the database, then the key store's tables; nothing is written before all of them are found
     * usable. The local key file is made when the key store holds no key yet. A thread of the registry's own reads new keys;
     * another one writes checkpoints of the audit log, if the settings name a sink.
     *
     * @return closes everything that was opened here
     * @throws ResealConfigurationException if one of them is unusable; the message names the setting and the remedy
     */
    public static KeyRegistry open(ResealSettings settings, Clock clock) {
        Protobuf.requireSupported(ResealKeys.class.getClassLoader());
        Optional<KeyEncryption> kek = presentKek(settings);
        ResealDatabase database = ResealDatabase.open(settings, POOL, CONNECTIONS);
        try {
            boolean hasTable = database.inspect(JdbcKeyStore.SCHEMA).contains("reseal_key");
            KeyEncryption opened = kek.orElseGet(() -> newKeyFile(
                    settings.kekFile(), () -> hasTable ? JdbcKeyStore.kekIds(database, settings.lease()) : List.of()));
            database.install(JdbcKeyStore.SCHEMA);
            if (settings.createTables()) {
                new AuditHurdle(database).install();
            }
            AuditKeys audit = new AuditKeys(settings.application(), settings.environment(), opened);
            AuditJournal journal = new AuditJournal(AuditJournal.thisHost(), audit, clock);
            JdbcKeyStore store = new JdbcKeyStore(database, settings.types(), settings.lease(), journal);
            KeyRegistry keys = KeyRegistry.open(store, opened, settings.types(), settings, clock)
                    .refreshedInBackground();
            settings.checkpoints()
                    .ifPresent(sink -> journal.writeCheckpoints(
                            new Checkpoints(database, audit, clock), sink, settings.checkpointInterval()));
            return keys;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /**
     * Opens the audit log of the key store that the settings name, in a small pool of its own.
     *
     * @return closes the pool
     * @throws ResealConfigurationException as {@link #open}, and if the local key file does not exist: then nothing was logged yet
     */
    public static AuditLog openAudit(ResealSettings settings, Clock clock) {
        KeyEncryption kek = presentKek(settings)
                .orElseThrow(() -> new ResealConfigurationException(
                        "The local key file " + settings.kekFile().toAbsolutePath() + " (" + ResealSettings.KEK_FILE
                                + ") does not exist: nothing in the audit log can be verified without it. Restore it, or"
                                + " open the keys first if there are none yet",
                        null));
        ResealDatabase database = ResealDatabase.open(settings, AUDIT_POOL, CONNECTIONS);
        try {
            database.install(JdbcKeyStore.SCHEMA);
            return AuditLog.open(database, kek, settings, clock);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static Optional<KeyEncryption> presentKek(ResealSettings settings) {
        if (settings.kek().isPresent()) {
            return settings.kek();
        }
        if (settings.isProduction()) {
            throw new ResealConfigurationException(
                    "The setting " + ResealSettings.ENVIRONMENT + " is '" + settings.environment() + "' and "
                            + ResealSettings.KEK + " is missing: the local key file is for development only. Set "
                            + ResealSettings.KEK + " to the KeyEncryption of your key management service",
                    null);
        }
        return Files.exists(settings.kekFile()) ? Optional.of(LocalKeyFile.read(settings.kekFile())) : Optional.empty();
    }

    /** Never beside keys that another KEK wrapped: a new file could not open them. */
    private static KeyEncryption newKeyFile(Path file, Supplier<List<String>> kekIdsInUse) {
        String kekIds = String.join("', '", kekIdsInUse.get());
        if (Files.exists(file)) {
            return LocalKeyFile.read(file); // another node made it, and then those keys, since this one looked
        }
        if (!kekIds.isEmpty()) {
            throw new ResealConfigurationException(
                    "The local key file " + file.toAbsolutePath() + " (" + ResealSettings.KEK_FILE
                            + ") does not exist, and the key store holds keys wrapped by the KEK '" + kekIds
                            + "'. Restore the file that holds this KEK, or set " + ResealSettings.KEK_FILE + " or "
                            + ResealSettings.KEK + " to it",
                    null);
        }
        return LocalKeyFile.create(file);
    }
}
