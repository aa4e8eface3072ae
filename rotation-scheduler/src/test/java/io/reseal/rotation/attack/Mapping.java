package io.reseal.rotation.attack;

import io.reseal.ResealSettings;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.SessionFactory;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;

/** Boots Hibernate with {@link Account}. */
public final class Mapping {

    private Mapping() {}

    /** Settings of one node: Hibernate's and Reseal's together, as an application has them. */
    public static Map<String, Object> settings(String url, String keyFile, String refresh, String lease) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("jakarta.persistence.jdbc.url", url);
        settings.put("jakarta.persistence.jdbc.user", "postgres");
        settings.put("jakarta.persistence.jdbc.password", "");
        settings.put("hibernate.jdbc.batch_size", 200);
        settings.put("hibernate.connection.pool_size", 20);
        settings.put(ResealSettings.KEY_STORE, "jdbc");
        settings.put(ResealSettings.KEK_FILE, keyFile);
        settings.put(ResealSettings.REFRESH, refresh);
        settings.put(ResealSettings.LEASE, lease);
        return settings;
    }

    public static SessionFactory boot(Map<String, Object> settings) {
        return new MetadataSources(new StandardServiceRegistryBuilder()
                        .applySettings(settings)
                        .build())
                .addAnnotatedClass(Account.class)
                .buildMetadata()
                .buildSessionFactory();
    }
}
