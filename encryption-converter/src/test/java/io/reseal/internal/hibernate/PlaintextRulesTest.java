package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import jakarta.persistence.Access;
import jakarta.persistence.AccessType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Transient;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.annotations.Any;
import org.hibernate.annotations.AnyDiscriminatorValue;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.annotations.Formula;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PlaintextRulesTest {

    @Entity
    static class GetterAnnotatedFieldRead {
        @Id
        long id;

        String token = "";

        @Encrypted
        public String getToken() {
            return token;
        }
    }

    @Entity
    static class FieldAnnotatedGetterRead {
        private long id;

        @Encrypted
        private String token = "";

        @Id
        public long getId() {
            return id;
        }

        public void setId(long id) {
            this.id = id;
        }

        public String getToken() {
            return token;
        }

        public void setToken(String token) {
            this.token = token;
        }
    }

    interface HasToken {
        @Encrypted
        String getToken();
    }

    @Entity
    static class AnnotatedInterface implements HasToken {
        private long id;
        private String token = "";

        @Id
        public long getId() {
            return id;
        }

        public void setId(long id) {
            this.id = id;
        }

        @Override
        public String getToken() {
            return token;
        }

        public void setToken(String token) {
            this.token = token;
        }
    }

    @Entity
    static class SetterAnnotated {
        @Id
        long id;

        String token = "";

        @Encrypted
        public void setToken(String token) {
            this.token = token;
        }
    }

    @Embeddable
    static class OtherAccess {
        String token = "";

        @Encrypted
        public String getToken() {
            return token;
        }
    }

    @Entity
    static class EmbeddedGetterAnnotated {
        @Id
        long id;

        OtherAccess inner = new OtherAccess();
    }

    @Entity
    static class MixedAccess {
        @Id
        long id;

        @Encrypted
        @Transient
        String token = "";

        @Access(AccessType.PROPERTY)
        public String getToken() {
            return token;
        }

        public void setToken(String token) {
            this.token = token;
        }
    }

    @ParameterizedTest
    @MethodSource("unread")
    void refusesAnAnnotationWhereHibernateDoesNotLook(Class<?> model, String attribute, String remedy) {
        assertRefused(model)
                .blames(model, attribute, "token", "where Hibernate does not look", remedy)
                .only(1);
    }

    static Stream<Arguments> unread() {
        return Stream.of(
                Arguments.of(GetterAnnotatedFieldRead.class, "token", "on the field"),
                Arguments.of(FieldAnnotatedGetterRead.class, "token", "on the getter"),
                Arguments.of(AnnotatedInterface.class, "token", "on the getter"),
                Arguments.of(SetterAnnotated.class, "token", "on the field"),
                Arguments.of(EmbeddedGetterAnnotated.class, "inner.token", "on the field"),
                Arguments.of(MixedAccess.class, "token", "on the getter"));
    }

    @Entity
    static class TransientToken {
        @Id
        long id;

        @Encrypted
        @Transient
        String token = "";
    }

    static class NotMapped {
        @Encrypted
        String token = "";
    }

    @Entity
    static class ChildOfNotMapped extends NotMapped {
        @Id
        long id;
    }

    @Entity
    static class Stateless {
        @Id
        long id;

        @Encrypted
        String computeToken() {
            return "";
        }
    }

    @Embeddable
    static class TransientInside {
        int number;

        @Encrypted
        @Transient
        String token = "";
    }

    @Entity
    static class EmbedsTransient {
        @Id
        long id;

        @ElementCollection
        @CollectionTable(name = "inside")
        List<TransientInside> inside = List.of();
    }

    @ParameterizedTest
    @MethodSource("notPersistent")
    void refusesAnAnnotationOnWhatIsNotPersistent(Class<?> model, Class<?> owner, String name) {
        Refusal refusal = assertRefused(model);
        assertThat(refusal.problems())
                .singleElement()
                .asString()
                .startsWith(owner.getName() + "." + name + ": ")
                .contains("not persistent", "Remove @Encrypted, or map");
    }

    static Stream<Arguments> notPersistent() {
        return Stream.of(
                Arguments.of(TransientToken.class, TransientToken.class, "token"),
                Arguments.of(ChildOfNotMapped.class, ChildOfNotMapped.class, "token"),
                Arguments.of(Stateless.class, Stateless.class, "computeToken"),
                Arguments.of(EmbedsTransient.class, TransientInside.class, "token"));
    }

    @Embeddable
    static class Plain {
        String street = "";
    }

    @Entity
    static class WholeEmbeddable {
        @Id
        long id;

        @Encrypted
        Plain token = new Plain();
    }

    @Entity
    static class WholeEmbeddables {
        @Id
        long id;

        @Encrypted
        @ElementCollection
        List<Plain> token = List.of();
    }

    @Entity
    static class Association {
        @Id
        long id;

        @Encrypted
        @ManyToOne
        Association token = this;
    }

    @Entity
    static class Associations {
        @Id
        long id;

        @Encrypted
        @OneToMany
        List<Association> token = List.of();
    }

    @Entity
    static class AnyAssociation {
        @Id
        long id;

        @Encrypted
        @Any
        @Column(name = "kind")
        @jakarta.persistence.JoinColumn(name = "target")
        @AnyKeyJavaClass(Long.class)
        @AnyDiscriminatorValue(discriminator = "a", entity = Association.class)
        Object token = "";
    }

    @Entity
    static class Computed {
        @Id
        long id;

        @Encrypted
        @Formula("'x'")
        String token = "";
    }

    @ParameterizedTest
    @MethodSource("withoutValue")
    void refusesWhatHasNoColumnOfItsOwn(Class<?> model) {
        assertThat(assertRefused(model, Association.class).problems())
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith(model.getName() + ".token: ")
                        .contains("no column of its own", "Put @Encrypted on basic attributes"));
    }

    static Stream<Class<?>> withoutValue() {
        return Stream.of(
                WholeEmbeddable.class,
                WholeEmbeddables.class,
                Associations.class,
                AnyAssociation.class,
                Computed.class,
                Association.class);
    }

    @MappedSuperclass
    static class Base {
        @Id
        long id;

        String token = "";

        @Encrypted
        public String getToken() {
            return token;
        }
    }

    @Entity
    static class Child extends Base {}

    @Test
    void refusesAnUnreadAnnotationInAMappedSuperclass() {
        assertRefused(Child.class)
                .blames(Child.class, "token", "token", "where Hibernate does not look", "on the field");
    }
}
