package io.reseal;

import static io.reseal.SettingValues.first;
import static io.reseal.SettingValues.invalid;

import io.reseal.ResealSettings.Connection;
import java.util.Map;
import javax.sql.DataSource;

/** How {@link ResealSettings#KEY_STORE} names the database that holds Reseal's tables. */
final class KeyStoreSetting {

    private static final String APPLICATION_DATABASE = "jdbc";

    private KeyStoreSetting() {}

    static Connection connection(Map<String, ?> settings) {
        Object value = settings.get(ResealSettings.KEY_STORE);
        if (value instanceof DataSource dataSource) {
            return new Connection.Handed(dataSource);
        }
        if (value == null) {
            throw new ResealConfigurationException(
                    "The setting " + ResealSettings.KEY_STORE + " is missing. Set it to '" + APPLICATION_DATABASE
                            + "' to keep the keys in the application's own database, or to a jdbc: URL or a DataSource",
                    null);
        }
        String text = value.toString().trim();
        if (text.equals(APPLICATION_DATABASE)) {
            return applicationConnection(settings);
        }
        if (text.startsWith("jdbc:")) {
            return new Connection.Url(
                    text,
                    first(settings, ResealSettings.KEY_STORE_USER),
                    first(settings, ResealSettings.KEY_STORE_PASSWORD));
        }
        throw invalid(
                ResealSettings.KEY_STORE, text, "use '" + APPLICATION_DATABASE + "', a jdbc: URL or a DataSource");
    }

    private static Connection applicationConnection(Map<String, ?> settings) {
        for (String name : new String[] {"jakarta.persistence.nonJtaDataSource", "hibernate.connection.datasource"}) {
            if (settings.get(name) instanceof DataSource dataSource) {
                return new Connection.Handed(dataSource);
            }
        }
        String url = first(settings, "jakarta.persistence.jdbc.url", "hibernate.connection.url");
        if (url == null) {
            throw invalid(
                    ResealSettings.KEY_STORE,
                    APPLICATION_DATABASE,
                    "the application's database is not known here (neither jakarta.persistence.jdbc.url nor"
                            + " hibernate.connection.url is set): set it to a jdbc: URL or a DataSource");
        }
        return new Connection.Url(
                url,
                first(settings, "jakarta.persistence.jdbc.user", "hibernate.connection.username"),
                first(settings, "jakarta.persistence.jdbc.password", "hibernate.connection.password"));
    }
}
