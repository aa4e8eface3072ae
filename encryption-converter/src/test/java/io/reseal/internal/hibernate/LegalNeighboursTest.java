package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.CheckConstraint;
import jakarta.persistence.Column;
import jakarta.persistence.DiscriminatorColumn;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKey;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.UniqueConstraint;
import jakarta.persistence.Version;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.annotations.ColumnDefault;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.OptimisticLock;
import org.hibernate.annotations.OptimisticLockType;
import org.hibernate.annotations.OptimisticLocking;
import org.hibernate.annotations.SQLOrder;
import org.hibernate.annotations.SQLRestriction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands close to a refused mapping and is none. */
class LegalNeighboursTest {

    @Entity
    @Table(
            name = "neighbours",
            indexes = @Index(name = "by_name", columnList = "name, token_id"),
            uniqueConstraints = @UniqueConstraint(columnNames = {"token_id", "name"}),
            check = @CheckConstraint(constraint = "name <> 'token'"))
    @SQLRestriction("token_id > 0 and name <> 'token'")
    @FilterDef(name = "mine")
    @Filter(name = "mine", condition = "my_token is not null")
    static class Neighbours {
        @Id
        long id;

        @Version
        int version;

        @NaturalId
        String name = "";

        @Encrypted
        String token = "";

        @Column(name = "token_id")
        long tokenId;

        @Column(name = "my_token")
        @ColumnDefault("'x'")
        String myToken = "";

        @Formula("token_id + 1")
        long next;

        @Encrypted
        @CreationTimestamp
        Instant created = Instant.EPOCH;

        @Encrypted(form = StorageForm.TEXT)
        @Column(columnDefinition = "varchar(2000)")
        String text = "";

        @Encrypted
        @Column(columnDefinition = "binary varying(2000)")
        String binary = "";

        @ManyToOne
        @JoinColumn(name = "parent_id")
        Neighbours parent = this;

        @OneToMany(mappedBy = "parent")
        @OrderBy("name, tokenId desc")
        List<Neighbours> children = new ArrayList<>();

        @OneToMany(mappedBy = "parent")
        @MapKey(name = "name")
        Map<String, Neighbours> byName = new HashMap<>();

        @OneToMany(mappedBy = "parent")
        @SQLOrder("token_id")
        List<Neighbours> bySql = new ArrayList<>();

        @Encrypted
        @ElementCollection
        @OrderColumn
        List<String> ordered = new ArrayList<>();

        @Encrypted
        @ElementCollection
        Map<String, String> values = new HashMap<>();

        @ElementCollection
        @OrderBy("number")
        List<Inner> inners = new ArrayList<>();

        @Transient
        String notStored = "";
    }

    @Embeddable
    static class Inner {
        @Encrypted
        String token = "";

        int number;
    }

    @Entity
    @Table(name = "other")
    @SQLRestriction("token > 0")
    static class SameColumnNameElsewhere {
        @Id
        long id;

        @Column(unique = true)
        long token;

        @Formula("token + 1")
        long next;
    }

    @Entity
    @DynamicUpdate
    @OptimisticLocking(type = OptimisticLockType.DIRTY)
    static class ExcludedFromLock {
        @Id
        long id;

        String name = "";

        @Encrypted
        @OptimisticLock(excluded = true)
        String token = "";
    }

    @Entity
    @Table(name = "same")
    static class One {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    @Table(name = "same")
    static class SameAgain {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Embeddable
    record Compact(@Encrypted String token, int number) {}

    @Entity
    static class WithRecord {
        @Id
        long id;

        @Embedded
        Compact compact = new Compact("", 0);
    }

    @Entity
    static class BothAnnotated {
        @Id
        long id;

        @Encrypted
        String token = "";

        @Encrypted
        public String getToken() {
            return token;
        }
    }

    @MappedSuperclass
    abstract static class Generic<T extends Serializable> {
        @Id
        long id;

        @Encrypted
        T token;

        Generic(T token) {
            this.token = token;
        }
    }

    @Entity
    static class OfText extends Generic<String> {
        OfText() {
            super("");
        }
    }

    @Embeddable
    @DiscriminatorColumn(name = "kind")
    static class Base {
        @Encrypted
        String a = "";
    }

    @Embeddable
    static class Sub extends Base {
        String b = "";
    }

    @Embeddable
    static class SubSub extends Sub {
        @Encrypted
        String c = "";
    }

    @Entity
    static class WithHierarchyOfEmbeddables {
        @Id
        long id;

        @Embedded
        Base base = new Base();
    }

    @ParameterizedTest
    @MethodSource("models")
    void boots(List<Class<?>> model) {
        try (TestFactory factory = TestFactory.onH2(model.toArray(Class<?>[]::new))) {
            assertThat(factory.sessionFactory().isOpen()).isTrue();
        }
    }

    static Stream<List<Class<?>>> models() {
        return Stream.of(
                List.of(Neighbours.class, SameColumnNameElsewhere.class),
                List.of(ExcludedFromLock.class),
                List.of(One.class, SameAgain.class),
                List.of(WithRecord.class),
                List.of(BothAnnotated.class),
                List.of(OfText.class),
                List.of(WithHierarchyOfEmbeddables.class, Base.class, Sub.class, SubSub.class));
    }
}
