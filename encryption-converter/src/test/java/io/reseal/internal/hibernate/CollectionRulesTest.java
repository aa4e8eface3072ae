package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;

import io.reseal.Encrypted;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.MapKey;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hibernate.annotations.SQLOrder;
import org.hibernate.annotations.SortNatural;
import org.hibernate.envers.Audited;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CollectionRulesTest {

    @Embeddable
    static class Secret {
        @Encrypted
        String token = "";

        int number;
    }

    @Entity
    static class BasicSet {
        @Id
        long id;

        @Encrypted
        @ElementCollection
        Set<String> tokens = new HashSet<>();
    }

    @Entity
    static class SortedBasicSet {
        @Id
        long id;

        @Encrypted
        @ElementCollection
        @SortNatural
        SortedSet<String> tokens = new TreeSet<>();
    }

    @Entity
    static class EmbeddableSet {
        @Id
        long id;

        @ElementCollection
        Set<Secret> secrets = new HashSet<>();
    }

    @Entity
    static class SecretKey {
        @Id
        long id;

        @ElementCollection
        Map<Secret, String> secrets = new HashMap<>();
    }

    @Entity
    static class OrderedElements {
        @Id
        long id;

        @Encrypted
        @ElementCollection
        @OrderBy
        List<String> tokens = List.of();
    }

    @Entity
    static class OrderedEmbeddables {
        @Id
        long id;

        @ElementCollection
        @OrderBy("number, token desc")
        List<Secret> secrets = List.of();
    }

    @ParameterizedTest
    @MethodSource("models")
    void refuses(Class<?> model, String attribute, String column, String cause, String remedy) {
        String name = model.getName().substring(model.getPackageName().length() + 1);
        assertRefused(model).blames(model.getName() + "." + attribute, name + "_" + column, cause, remedy);
    }

    static Stream<Arguments> models() {
        String set = "the element of a Set";
        return Stream.of(
                Arguments.of(BasicSet.class, "tokens", "tokens.tokens", set, "Use a List"),
                Arguments.of(SortedBasicSet.class, "tokens", "tokens.tokens", set, "Use a List"),
                Arguments.of(EmbeddableSet.class, "secrets.token", "secrets.token", set, "Use a List"),
                Arguments.of(
                        SecretKey.class, "secrets.token", "secrets.token", "the key of a Map", "encrypt the value"),
                Arguments.of(OrderedElements.class, "tokens", "tokens.tokens", "@OrderBy", "Sort in Java"),
                Arguments.of(OrderedEmbeddables.class, "secrets.token", "secrets.token", "@OrderBy", "Sort in Java"));
    }

    @Entity
    static class Account {
        @Id
        long id;

        @Encrypted
        @Column(name = "stored_token")
        String token = "";
    }

    @Entity
    static class OrderedTargets {
        @Id
        long id;

        @OneToMany
        @JoinColumn(name = "owner_id")
        @OrderBy("id, token")
        List<Account> accounts = List.of();
    }

    @Entity
    static class OrderedManyToMany {
        @Id
        long id;

        @ManyToMany
        @OrderBy("token desc")
        List<Account> accounts = List.of();
    }

    @Entity
    static class OrderedBySql {
        @Id
        long id;

        @OneToMany
        @JoinColumn(name = "owner_id")
        @SQLOrder("upper(stored_token)")
        List<Account> accounts = List.of();
    }

    @Entity
    static class KeyedByToken {
        @Id
        long id;

        @OneToMany
        @JoinColumn(name = "owner_id")
        @MapKey(name = "token")
        Map<String, Account> accounts = new HashMap<>();
    }

    @ParameterizedTest
    @MethodSource("owners")
    void refusesWhatAnotherEntityDoesWithIt(Class<?> owner, String cause, String remedy) {
        assertRefused(Account.class, owner).blames(Account.class, "token", "stored_token", cause, remedy);
    }

    static Stream<Arguments> owners() {
        return Stream.of(
                Arguments.of(OrderedTargets.class, OrderedTargets.class.getName() + ".accounts", "Sort in Java"),
                Arguments.of(OrderedManyToMany.class, OrderedManyToMany.class.getName() + ".accounts", "Sort in Java"),
                Arguments.of(OrderedBySql.class, OrderedBySql.class.getName() + ".accounts", "Sort in Java"),
                Arguments.of(KeyedByToken.class, "the @MapKey of", "Use another attribute"));
    }

    @Entity
    @Audited
    static class AuditedElements {
        @Id
        long id;

        @Encrypted
        @ElementCollection
        List<String> tokens = List.of();
    }

    @Test
    void refusesElementCollectionsInTheKeyOfAnAuditTable() {
        assertRefused(AuditedElements.class);
    }
}
