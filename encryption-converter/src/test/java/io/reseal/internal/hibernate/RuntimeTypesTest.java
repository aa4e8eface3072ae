package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.reseal.Encrypted;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.Test;

/** An annotation without a binder stands in for {@link Encrypted}: as if no earlier check had found the mapping. */
class RuntimeTypesTest {

    @Retention(RetentionPolicy.RUNTIME)
    @interface Promised {}

    @MappedSuperclass
    abstract static class Base {
        @Id
        long id;

        @Promised
        String inherited = "";
    }

    @Embeddable
    static class Inner {
        @Promised
        String token = "";

        @Promised
        @Encrypted
        String sealed = "";
    }

    @Entity
    static class Promising extends Base {
        @Promised
        String own = "";

        @Promised
        @Encrypted
        String ownSealed = "";

        String plain = "";

        Inner inner = new Inner();

        @Promised
        @ElementCollection
        Map<String, String> values = new HashMap<>();

        @Promised
        @Encrypted
        @ElementCollection
        List<String> sealedElements = List.of();

        @ElementCollection
        List<Inner> inners = List.of();
    }

    @Test
    void namesEverythingThatIsAnnotatedAndNotSealedAtRunTime() {
        BootReport report = new BootReport();
        try (TestFactory factory = TestFactory.onH2(Promising.class)) {
            new RuntimeTypes(new EncryptedMembers(Promised.class), report)
                    .verify(factory.sessionFactory().unwrap(SessionFactoryImplementor.class));
        }
        String entity = Promising.class.getName();
        String refusal = String.valueOf(catchThrowable(report::refuseProblems).getMessage());
        assertThat(refusal).startsWith("5 problems:");
        for (String attribute : List.of("inherited", "own", "inner.token", "values", "inners.token")) {
            assertThat(refusal).contains(entity + "." + attribute + " (column ");
        }
        assertThat(refusal).contains("annotated but would be stored as plaintext", "Map it as");
    }

    @Test
    void acceptsWhatIsSealed() {
        BootReport report = new BootReport();
        try (TestFactory factory = TestFactory.onH2(Promising.class)) {
            new RuntimeTypes(new EncryptedMembers(Encrypted.class), report)
                    .verify(factory.sessionFactory().unwrap(SessionFactoryImplementor.class));
        }
        report.refuseProblems();
    }
}
