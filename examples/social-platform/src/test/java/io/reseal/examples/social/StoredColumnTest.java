package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import io.reseal.examples.social.model.BlacklistedToken;
import io.reseal.examples.social.model.PaymentMethod;
import io.reseal.examples.social.model.SocialAudit;
import io.reseal.examples.social.model.SocialConnection;
import io.reseal.examples.social.model.UserCredential;
import io.reseal.examples.social.model.UserSettings;
import io.reseal.keys.KeyTypes;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.Table;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoredColumnTest {

    @Test
    void namesEveryEncryptedAttributeOfTheModel() {
        Stream<StoredColumn> mapped = Stream.of(
                        SocialConnection.class,
                        UserCredential.class,
                        BlacklistedToken.class,
                        UserSettings.class,
                        PaymentMethod.class,
                        SocialAudit.class)
                .flatMap(entity -> Arrays.stream(entity.getDeclaredFields()))
                .filter(field -> field.isAnnotationPresent(Encrypted.class))
                .map(StoredColumnTest::column);
        assertThat(StoredColumn.ALL).containsExactlyInAnyOrderElementsOf(mapped.toList());
    }

    private static StoredColumn column(Field field) {
        Encrypted encrypted = field.getAnnotation(Encrypted.class);
        CollectionTable collection = field.getAnnotation(CollectionTable.class);
        String table = collection == null
                ? field.getDeclaringClass().getAnnotation(Table.class).name()
                : collection.name();
        String name = collection == null
                ? field.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT)
                : field.getAnnotation(Column.class).name();
        return new StoredColumn(table, name, KeyTypes.standard().named(encrypted.keyType()), encrypted.form());
    }
}
