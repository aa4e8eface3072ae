package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;

import io.reseal.Encrypted;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Index;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.PartitionKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KeyRulesTest {

    @Entity
    static class SimpleId {
        @Id
        @Encrypted
        String token = "";
    }

    @Embeddable
    static class SecretId implements Serializable {
        private static final long serialVersionUID = 1L;

        @Encrypted
        String token = "";

        int part;

        @Override
        public boolean equals(Object other) {
            return other instanceof SecretId that && that.part == part && that.token.equals(token);
        }

        @Override
        public int hashCode() {
            return part;
        }
    }

    @Entity
    static class CompositeId {
        @EmbeddedId
        SecretId id = new SecretId();
    }

    @Entity
    @IdClass(SecretId.class)
    static class ClassId {
        @Id
        @Encrypted
        String token = "";

        @Id
        int part;
    }

    @Entity
    static class Natural {
        @Id
        long id;

        @NaturalId
        @Encrypted
        String token = "";
    }

    @Embeddable
    static class Secret {
        @Encrypted
        String token = "";
    }

    @Entity
    static class NaturalEmbedded {
        @Id
        long id;

        @NaturalId
        Secret secret = new Secret();
    }

    @Entity
    static class Versioned {
        @Id
        long id;

        @Version
        @Encrypted
        int token;
    }

    @Entity
    static class Partitioned {
        @Id
        long id;

        @PartitionKey
        @Encrypted
        String token = "";
    }

    @Entity
    static class UniqueColumn {
        @Id
        long id;

        @Encrypted
        @Column(unique = true)
        String token = "";
    }

    @Entity
    @Table(uniqueConstraints = @UniqueConstraint(columnNames = {"part", "token"}))
    static class UniqueTogether {
        @Id
        long id;

        int part;

        @Encrypted
        String token = "";
    }

    @Entity
    @Table(indexes = @Index(name = "by_token", columnList = "part, token desc"))
    static class Indexed {
        @Id
        long id;

        int part;

        @Encrypted
        String token = "";
    }

    @Entity
    @Table(indexes = @Index(name = "by_token", columnList = "(lower(token))"))
    static class IndexedByFormula {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @ParameterizedTest
    @MethodSource("models")
    void refuses(Class<?> model, String attribute, String cause, String remedy) {
        assertRefused(model).blames(model, attribute, "token", cause, remedy).only(1);
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(SimpleId.class, "token", "part of) the identifier", "Identify rows by"),
                Arguments.of(CompositeId.class, "id.token", "part of) the identifier", "Identify rows by"),
                Arguments.of(ClassId.class, "token", "part of) the identifier", "Identify rows by"),
                Arguments.of(Natural.class, "token", "@NaturalId", "Identify rows by"),
                Arguments.of(NaturalEmbedded.class, "secret.token", "@NaturalId", "Identify rows by"),
                Arguments.of(Versioned.class, "token", "@Version", "Remove @Encrypted"),
                Arguments.of(Partitioned.class, "token", "@PartitionKey", "Partition by"),
                Arguments.of(UniqueColumn.class, "token", "unique constraint", "Remove the constraint"),
                Arguments.of(UniqueTogether.class, "token", "unique constraint", "Remove the constraint"),
                Arguments.of(Indexed.class, "token", "index by_token", "Remove it from the index"),
                Arguments.of(IndexedByFormula.class, "token", "index by_token", "Remove it from the index"));
    }

    @Entity
    static class Owner {
        @Id
        long id;

        @Encrypted
        String token = "";

        @OneToMany
        @JoinColumn(name = "owner_token", referencedColumnName = "token")
        List<Leaf> leaves = List.of();
    }

    @Entity
    static class Leaf {
        @Id
        long id;
    }

    @Test
    void refusesJoinColumnsThatReferToCiphertext() {
        assertRefused(Owner.class, Leaf.class)
                .blames(Owner.class, "token", "token", "referencedColumnName", "Join on a column");
    }

    @Entity
    static class Target {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    static class Referrer {
        @Id
        long id;

        @ManyToOne
        @JoinColumn(referencedColumnName = "token")
        Target target = new Target();
    }

    @Test
    void refusesReferencesToCiphertext() {
        assertRefused(Target.class, Referrer.class)
                .blames(Target.class, "token", "token", "referencedColumnName", "Join on a column");
    }

    @Entity
    static class JoinedByToken {
        @Id
        long id;

        @Encrypted
        @Column(name = "leaf_id", insertable = false, updatable = false)
        String token = "";

        @ManyToOne
        @JoinColumn(name = "leaf_id")
        Leaf leaf = new Leaf();
    }

    @Test
    void refusesJoinColumns() {
        assertRefused(JoinedByToken.class, Leaf.class)
                .blames(JoinedByToken.class, "token", "leaf_id", "is a join column", "Join on a column");
    }

    @Entity
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    abstract static class Animal {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    @Table(indexes = @Index(name = "by_token", columnList = "token"))
    static class Cat extends Animal {}

    @Test
    void refusesAnIndexOnTheTableOfASubclass() {
        assertRefused(Animal.class, Cat.class)
                .blames(Animal.class, "token", "token", "index by_token", "Remove it from the index");
    }
}
