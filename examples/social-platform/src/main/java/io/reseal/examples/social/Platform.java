package io.reseal.examples.social;

import io.reseal.ResealSettings;
import io.reseal.examples.social.model.BlacklistedToken;
import io.reseal.examples.social.model.PaymentMethod;
import io.reseal.examples.social.model.SocialAudit;
import io.reseal.examples.social.model.SocialConnection;
import io.reseal.examples.social.model.User;
import io.reseal.examples.social.model.UserCredential;
import io.reseal.examples.social.model.UserSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.boot.model.naming.PhysicalNamingStrategySnakeCaseImpl;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** The social platform, running: its database, its sessions and the writers on it. */
final class Platform implements AutoCloseable {

    private static final int BATCH = 100;

    /** Their rows say whose they are. */
    private static final List<String> OWNED = List.of(
            "social_connections",
            "user_credentials",
            "refresh_token_blacklist",
            "user_settings",
            "payment_methods",
            "social_audit");

    private final DemoDatabase database;
    private final Map<String, Object> resealSettings;
    private final SessionFactory sessions;
    private final Fingerprints fingerprints = new Fingerprints(new SecureRandom());
    private final Latencies latencies = new Latencies();
    private final Writers writers;

    private Platform(DemoDatabase database, Map<String, Object> resealSettings, SessionFactory sessions) {
        this.database = database;
        this.resealSettings = resealSettings;
        this.sessions = sessions;
        this.writers = new Writers(sessions, fingerprints, latencies);
    }

    /** Opens it on the database, which it closes with itself; the key that wraps all others goes into the folder. */
    static Platform open(DemoDatabase database, Path folder) {
        Map<String, Object> resealSettings = new HashMap<>(database.keyStoreSettings());
        resealSettings.put(ResealSettings.APPLICATION, "social-platform");
        resealSettings.put(
                ResealSettings.KEK_FILE, folder.resolve("development-kek.json").toString());
        resealSettings.put(ResealSettings.REFRESH, "PT0.5S");
        resealSettings.put(ResealSettings.LEASE, "PT2S");
        resealSettings.putAll(Rotation.BESIDE_TRAFFIC);
        OWNED.forEach(table -> resealSettings.put(ResealSettings.OWNER + "." + table, "user_id"));
        try {
            return new Platform(database, resealSettings, sessions(database, resealSettings));
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static SessionFactory sessions(DemoDatabase database, Map<String, Object> resealSettings) {
        return new HibernatePersistenceConfiguration("social-platform")
                .managedClasses(
                        User.class,
                        SocialConnection.class,
                        UserCredential.class,
                        BlacklistedToken.class,
                        UserSettings.class,
                        PaymentMethod.class,
                        SocialAudit.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, database.dataSource())
                .property(AvailableSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "create-only")
                .property(AvailableSettings.PHYSICAL_NAMING_STRATEGY, new PhysicalNamingStrategySnakeCaseImpl())
                .property(AvailableSettings.STATEMENT_BATCH_SIZE, BATCH)
                .property(AvailableSettings.ORDER_INSERTS, true)
                .property(AvailableSettings.DEFAULT_BATCH_FETCH_SIZE, BATCH)
                .properties(resealSettings)
                .createEntityManagerFactory();
    }

    DataSource dataSource() {
        return database.dataSource();
    }

    /** The settings by which Reseal's tools find the same keys. */
    Map<String, Object> resealSettings() {
        return Map.copyOf(resealSettings);
    }

    Latencies latencies() {
        return latencies;
    }

    Writers writers() {
        return writers;
    }

    /** All rows against the writers' records; for use while the writers are paused. */
    RecordComparison comparison() {
        return new RecordComparison(sessions, fingerprints, writers.records());
    }

    @Override
    public void close() {
        writers.close();
        sessions.close();
        database.close();
    }
}
