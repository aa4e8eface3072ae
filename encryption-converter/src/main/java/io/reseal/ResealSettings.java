package io.reseal;

import static io.reseal.SettingValues.duration;
import static io.reseal.SettingValues.instance;
import static io.reseal.SettingValues.instanceOrFile;
import static io.reseal.SettingValues.invalid;
import static io.reseal.SettingValues.isTrue;
import static io.reseal.SettingValues.text;

import io.reseal.audit.CheckpointSink;
import io.reseal.audit.FileCheckpointSink;
import io.reseal.internal.audit.AuditJournal;
import io.reseal.internal.store.FileAnchor;
import io.reseal.keys.IndicatorRules;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyTypes;
import io.reseal.keys.spi.Anchor;
import io.reseal.keys.spi.KeyEncryption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What Reseal was told, validated. Read from the settings that are handed to Hibernate or JPA, so that one map
 * configures both.
 *
 * @param application the name of the application; bound into every wrapped key
 * @param environment the name of the environment, for example {@code production}; bound into every wrapped key
 * @param connection where the key store and Reseal's other tables live
 * @param kek the KEK that the application brings; when empty, the local key file is used
 * @param kekFile the local key file, for development
 * @param anchor what remembers outside the database how far the key store has come
 * @param createTables whether missing tables are created; if not, the scripts in the jar are the application's to run
 * @param refresh how often a node looks for new keys
 * @param lease how old a node's knowledge of the keys may be before it refuses to seal
 * @param checkpoints where checkpoints of the audit log go
 * @param checkpointInterval how often a checkpoint is written though nothing happened
 * @param types the key types that the application knows
 * @param policies when keys are rotated, and how long their predecessors stay; one for each key type
 * @param owners whose a row is, for the case that its key is compromised
 * @param follow how often a node looks whether the incident of a compromised key lacks something; zero for never
 * @param indicators when signs of a compromise become alerts
 */
public record ResealSettings(
        String application,
        String environment,
        Connection connection,
        Optional<KeyEncryption> kek,
        Path kekFile,
        Optional<Anchor> anchor,
        boolean createTables,
        Duration refresh,
        Duration lease,
        Optional<CheckpointSink> checkpoints,
        Duration checkpointInterval,
        KeyTypes types,
        KeyPolicies policies,
        RowOwners owners,
        Duration follow,
        IndicatorRules indicators) {

    /** Required: {@code jdbc} for the application's own database, a {@code jdbc:} URL, or a {@link DataSource}. */
    public static final String KEY_STORE = "reseal.keystore";

    /** The user for a {@code jdbc:} URL in {@link #KEY_STORE}. */
    public static final String KEY_STORE_USER = "reseal.keystore.user";

    /** The password for a {@code jdbc:} URL in {@link #KEY_STORE}. */
    public static final String KEY_STORE_PASSWORD = "reseal.keystore.password";

    /** A {@link KeyEncryption}; without it the local key file is used, which production refuses. */
    public static final String KEK = "reseal.kek";

    /** The path of the local key file; default {@value #DEFAULT_KEK_FILE}. */
    public static final String KEK_FILE = "reseal.kek.file";

    /**
     * {@code file:} and a path on this node, or an {@link Anchor}: remembers outside the database how far the key store has come,
     * so that an older copy is noticed. Default none.
     */
    public static final String ANCHOR = "reseal.anchor";

    /** The name of the application; default {@code application}. */
    public static final String APPLICATION = "reseal.application";

    /** The name of the environment; default {@code development}. */
    public static final String ENVIRONMENT = "reseal.environment";

    /** Whether Reseal creates its missing tables; default true. */
    public static final String CREATE_TABLES = "reseal.schema.create";

    /** How often a node looks for new keys, as an ISO-8601 duration; default one second. */
    public static final String REFRESH = "reseal.keys.refresh";

    /** How old a node's knowledge of the keys may be before it refuses to seal; default five seconds. */
    public static final String LEASE = "reseal.keys.lease";

    /**
     * {@code file:} and a path on this node, or a {@link CheckpointSink}: where checkpoints of the audit log are written, so that
     * what is cut off from its end is noticed. Default none.
     */
    public static final String CHECKPOINTS = "reseal.audit.checkpoints";

    /** How often a checkpoint is written though nothing happened, as an ISO-8601 duration; default an hour. */
    public static final String CHECKPOINT_INTERVAL = "reseal.audit.interval";

    /** A {@link KeyTypes} with key types of the application's own, each of which needs a policy. */
    public static final String KEY_TYPES = "reseal.keys.types";

    /** A {@link KeyPolicies} in the place of the standard one; settings below {@code reseal.policy.} change it further. */
    public static final String POLICIES = "reseal.policies";

    /**
     * With a full stop and a table, or a schema, a full stop and a table: the column that names whose a row is, for example
     * {@code reseal.owner.user_settings=user_id}. If a key is compromised, the owners of the rows under it are taken down.
     */
    public static final String OWNER = "reseal.owner";

    /**
     * How often a node looks whether the incident of a compromised key lacks something that it can do, as an ISO-8601 duration of ten
     * seconds at most; default five seconds. {@code PT0S} for never, where a process is to look at keys and do nothing.
     */
    public static final String FOLLOW = "reseal.incidents.follow";

    /** How many values of a column, or on a node, have to fail to open within the window to make a burst; default 20. */
    public static final String BURST = "reseal.indicators.burst";

    /** The window for a burst, as an ISO-8601 duration of a minute or more; default five minutes. */
    public static final String BURST_WINDOW = "reseal.indicators.window";

    /** After how long without another sign an acknowledged alert ends, as an ISO-8601 duration; default one day. */
    public static final String QUIET = "reseal.indicators.quiet";

    /** How long signs of a compromise are kept, as an ISO-8601 duration; default 90 days. */
    public static final String INDICATOR_RETENTION = "reseal.indicators.retention";

    private static final String PRODUCTION = "production";
    private static final String DEFAULT_KEK_FILE = ".reseal/development-kek.json";
    private static final Duration DEFAULT_REFRESH = Duration.ofSeconds(1);
    private static final Duration DEFAULT_LEASE = Duration.ofSeconds(5);
    private static final Duration DEFAULT_FOLLOW = Duration.ofSeconds(5);
    private static final Duration MAX_FOLLOW = Duration.ofSeconds(10);
    private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofHours(1);

    public ResealSettings {
        if (refresh.isNegative() || refresh.isZero()) {
            throw invalid(REFRESH, refresh, "it must be positive");
        }
        if (checkpointInterval.isNegative() || checkpointInterval.isZero()) {
            throw invalid(CHECKPOINT_INTERVAL, checkpointInterval, "it must be positive");
        }
        if (follow.isNegative() || follow.compareTo(MAX_FOLLOW) > 0) {
            throw invalid(FOLLOW, follow, "use zero for never, or at most " + MAX_FOLLOW);
        }
        if (lease.compareTo(refresh) <= 0) {
            throw invalid(LEASE, lease, "it must be longer than " + REFRESH + " (" + refresh + ")");
        }
    }

    /** How the database is reached. */
    public sealed interface Connection {

        /** Handed to Reseal, and never closed by it. */
        record Handed(DataSource dataSource) implements Connection {}

        /** Opened by Reseal in a small pool of its own. */
        record Url(
                String url, @Nullable String user, @Nullable String password) implements Connection {

            @Override
            public String toString() {
                return "Url[" + withoutParameters(url) + "]";
            }

            private static String withoutParameters(String url) {
                return url.split("[?;]", 2)[0];
            }
        }
    }

    /** Whether {@link #ENVIRONMENT} is {@code production}. */
    public boolean isProduction() {
        return PRODUCTION.equals(environment);
    }

    /**
     * Reads the settings.
     *
     * @throws ResealConfigurationException if one is missing or unusable; the message names it and the remedy
     */
    public static ResealSettings from(Map<String, ?> settings) {
        KeyTypes types = keyTypes(settings);
        KeyPolicies policies = instance(settings, POLICIES, KeyPolicies.class).orElse(KeyPolicies.standard());
        return new ResealSettings(
                text(settings, APPLICATION, "application"),
                text(settings, ENVIRONMENT, "development"),
                KeyStoreSetting.connection(settings),
                kek(settings.get(KEK)),
                Path.of(text(settings, KEK_FILE, DEFAULT_KEK_FILE)),
                instanceOrFile(settings, ANCHOR, Anchor.class, FileAnchor::new),
                isTrue(settings, CREATE_TABLES),
                duration(settings, REFRESH, DEFAULT_REFRESH),
                duration(settings, LEASE, DEFAULT_LEASE),
                instanceOrFile(settings, CHECKPOINTS, CheckpointSink.class, ResealSettings::sink),
                duration(settings, CHECKPOINT_INTERVAL, DEFAULT_CHECKPOINT_INTERVAL),
                types,
                policies.changedBy(settings, types),
                RowOwners.from(settings),
                duration(settings, FOLLOW, DEFAULT_FOLLOW),
                indicators(settings));
    }

    /**
     * The key types of {@link #KEY_TYPES}, or the standard ones.
     *
     * @throws ResealConfigurationException if the setting holds anything else
     */
    public static KeyTypes keyTypes(Map<String, ?> settings) {
        return instance(settings, KEY_TYPES, KeyTypes.class).orElse(KeyTypes.standard());
    }

    private static IndicatorRules indicators(Map<String, ?> settings) {
        IndicatorRules standard = IndicatorRules.STANDARD;
        String burst = text(settings, BURST, Integer.toString(standard.burst()));
        Duration window = duration(settings, BURST_WINDOW, standard.window());
        Duration quiet = duration(settings, QUIET, standard.quiet());
        Duration retention = duration(settings, INDICATOR_RETENTION, standard.retention());
        try {
            return new IndicatorRules(Integer.parseInt(burst), window, quiet, retention);
        } catch (NumberFormatException e) {
            throw invalid(BURST, burst, "use a whole number");
        } catch (IllegalArgumentException e) {
            throw new ResealConfigurationException("A setting reseal.indicators.… is unusable. " + e.getMessage(), e);
        }
    }

    private static Optional<KeyEncryption> kek(@Nullable Object value) {
        if (value == null || value instanceof KeyEncryption) {
            return Optional.ofNullable((KeyEncryption) value);
        }
        throw new ResealConfigurationException(
                "The setting " + KEK + " holds a " + value.getClass().getName() + ": it takes an instance of "
                        + KeyEncryption.class.getName() + "; for a local key file use " + KEK_FILE,
                null);
    }

    private static CheckpointSink sink(Path path) {
        Path file = path.toAbsolutePath();
        return new FileCheckpointSink(AuditJournal.thisHost() + " " + file, file);
    }
}
