package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.Encrypted;
import io.reseal.ResealConfigurationException;
import io.reseal.testing.Databases;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.SessionFactory;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.mapping.CheckConstraint;
import org.hibernate.mapping.Column;
import org.junit.jupiter.api.Test;

/** An integrator does to the columns what Hibernate's for Bean Validation does, which also comes before Reseal's. */
class BeanValidationTest {

    @Entity(name = "Validated")
    static class Validated {
        @Id
        long id = 1;

        @Encrypted
        String shorter = "s";

        @Encrypted
        String longer = "l";

        @Encrypted
        BigDecimal digits = BigDecimal.ONE;
    }

    private record Constraints(Consumer<Columns> constrain) implements Integrator {

        @Override
        public void integrate(Metadata mapping, BootstrapContext boot, SessionFactoryImplementor factory) {
            constrain.accept(name -> mapping.getEntityBinding(Validated.class.getName())
                    .getProperty(name)
                    .getColumns()
                    .get(0));
        }
    }

    private interface Columns {
        Column column(String attribute);
    }

    @Test
    void keepsColumnsWideEnoughForWhatIsSealed() {
        List<Long> unconstrained = boot(columns -> {});
        List<Long> widths = boot(columns -> {
            columns.column("shorter").setLength(34);
            columns.column("longer").setLength(1000);
            columns.column("digits").setPrecision(5);
            columns.column("digits").setScale(2);
        });
        assertThat(widths).containsExactly(unconstrained.get(0), 3033L, unconstrained.get(2));
    }

    @Test
    void namesTheSettingThatKeepsItFromAddingChecks() {
        assertThatThrownBy(() ->
                        boot(columns -> columns.column("digits").addCheckConstraint(new CheckConstraint("digits>=1"))))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining(".digits")
                .hasMessageContaining("jakarta.persistence.validation.mode=callback");
    }

    /** The columns' widths in the database, by name. */
    private static List<Long> boot(Consumer<Columns> constrain) {
        StandardServiceRegistry registry = new StandardServiceRegistryBuilder(new BootstrapServiceRegistryBuilder()
                        .applyIntegrator(new Constraints(constrain))
                        .build())
                .applySettings(TestFactory.settings(Databases.H2))
                .build();
        try (SessionFactory factory = new MetadataSources(registry)
                .addAnnotatedClass(Validated.class)
                .buildMetadata()
                .buildSessionFactory()) {
            factory.inTransaction(session -> session.persist(new Validated()));
            return factory.fromTransaction(session -> session.createNativeQuery(
                            "select character_maximum_length from information_schema.columns"
                                    + " where table_name = 'VALIDATED' and column_name <> 'ID' order by column_name",
                            Long.class)
                    .getResultList());
        } finally {
            StandardServiceRegistryBuilder.destroy(registry);
        }
    }
}
