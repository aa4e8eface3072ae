package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.Encrypted;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.testing.Databases;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OwnKeyTypeTest {

    private static final KeyTypes TYPES = KeyTypes.standard().with(new KeyType("invoices", 16, "inv"));

    @Entity(name = "Invoice")
    static class Invoice {
        @Id
        long id;

        @Encrypted(keyType = "invoices")
        String customer;

        @Encrypted(keyType = "invoices", form = StorageForm.TEXT)
        String amount;
    }

    @Test
    void columnsAreSealedUnderKeysOfTheApplicationsOwnType() {
        try (TestFactory factory = TestFactory.boot(settings("P20D"), Invoice.class)) {
            factory.inTransaction(session -> {
                Invoice invoice = new Invoice();
                invoice.id = 1;
                invoice.customer = "Ada";
                invoice.amount = "12";
                session.persist(invoice);
            });
            assertThat((byte[]) factory.rows("select customer from Invoice").get(0))
                    .startsWith(1, 16, 0, 0, 1);
            assertThat(factory.rows("select amount from Invoice").get(0).toString())
                    .startsWith("rs:inv:1:");
            assertThat(factory.<String>fromTransaction(session -> session.find(Invoice.class, 1L).customer))
                    .isEqualTo("Ada");
            assertThat(factory.tableNamed("invoice")).isNotEmpty();
        }
    }

    @Test
    void aKeyTypeThatNobodyKnowsOrWithoutAPolicyStopsTheBoot() {
        Map<String, Object> unknown = TestFactory.settings(Databases.H2);
        assertThatThrownBy(() -> TestFactory.boot(unknown, Invoice.class).close())
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("Unknown key type 'invoices'");
        assertThatThrownBy(() ->
                        TestFactory.boot(settings("P2000D"), Invoice.class).close())
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll("invoices", "two years");
    }

    private static Map<String, Object> settings(String interval) {
        Map<String, Object> settings = TestFactory.settings(Databases.H2);
        settings.put(ResealSettings.KEY_TYPES, TYPES);
        settings.put("reseal.policy.invoices.interval", interval);
        settings.put("reseal.policy.invoices.grace", "P5D");
        settings.put("reseal.policy.invoices.priority", "medium");
        return settings;
    }
}
