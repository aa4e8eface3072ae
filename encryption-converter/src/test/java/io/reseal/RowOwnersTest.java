package io.reseal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RowOwnersTest {

    @Test
    void aTableOfASchemaGoesBeforeOneOfThatNameAnywhere() {
        RowOwners owners = RowOwners.from(
                Map.of("reseal.owner.Invoice", "customer_id", "reseal.owner.shop.invoice", "buyer", "reseal.kek", "x"));
        assertThat(owners.column(Optional.empty(), "INVOICE")).contains("customer_id");
        assertThat(owners.column(Optional.of("SHOP"), "invoice")).contains("buyer");
        assertThat(owners.column(Optional.of("other"), "invoice")).contains("customer_id");
        assertThat(owners.column(Optional.empty(), "receipt")).isEmpty();
    }

    @Test
    void aSettingThatNamesNoColumnIsRefusedByName() {
        assertThatThrownBy(() -> RowOwners.from(Map.of("reseal.owner.invoice", " ")))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("reseal.owner.invoice");
    }
}
