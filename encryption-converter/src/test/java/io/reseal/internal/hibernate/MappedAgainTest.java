package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.database.ColumnCatalog;
import io.reseal.database.RetiredColumn;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyRegistry;
import io.reseal.testing.Databases;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MappedAgainTest {

    @Entity(name = "Remembered")
    static class Remembered {
        @Id
        long id = 1;

        @Encrypted
        @Column(length = 100)
        String text = "text";
    }

    @Entity(name = "Other")
    static class Other {
        @Id
        long id = 1;

        @Encrypted
        @Column(length = 100)
        String text = "text";
    }

    @Test
    void anApplicationThatMapsARetiredColumnBringsItBack() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        Map<String, Object> map = TestFactory.settings(database);
        TestFactory.boot(map, Remembered.class).close();
        ResealSettings settings = ResealSettings.from(map);
        try (KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC())) {
            RetiredColumn retired =
                    RetiredColumn.of(new ColumnCatalog(keys).columns().get(0), Instant.EPOCH, "sso:1001");
            keys.records().put(retired.record(), new AuditEntry("sso:1001", "retire-column", "dropped"));

            TestFactory.boot(map, Other.class).close();
            assertThat(RetiredColumn.in(keys.refresh())).hasSize(1);
            TestFactory.boot(map, Remembered.class).close();
            assertThat(RetiredColumn.in(keys.refresh())).isEmpty();
            assertThat(database.query("SELECT actor FROM reseal_audit WHERE action = 'map-column-again'"))
                    .isEqualTo(List.of("reseal"));
        }
    }
}
