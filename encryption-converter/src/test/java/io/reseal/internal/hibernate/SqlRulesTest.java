package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;

import io.reseal.Encrypted;
import jakarta.persistence.CheckConstraint;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.DiscriminatorFormula;
import org.hibernate.annotations.Filter;
import org.hibernate.annotations.FilterDef;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.GeneratedColumn;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.annotations.Subselect;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlRulesTest {

    @Entity
    static class WithFormula {
        @Id
        long id;

        @Encrypted
        String token = "";

        @Formula("length(Token)")
        int length;
    }

    @Entity
    @SQLRestriction("token is not null")
    static class Restricted {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    @FilterDef(name = "mine")
    @Filter(name = "mine", condition = "{t}.token = 'x'")
    static class Filtered {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    @FilterDef(name = "standard", defaultCondition = "token = 'x'")
    @Filter(name = "standard")
    static class FilteredByDefault {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    @Table(check = @CheckConstraint(constraint = "\"token\" <> ''"))
    static class CheckedTable {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Entity
    static class WithGeneratedColumn {
        @Id
        long id;

        @Encrypted
        String token = "";

        @GeneratedColumn("length(token)")
        int length;
    }

    @Entity
    static class WithTransformer {
        @Id
        long id;

        @Encrypted
        String token = "";

        @ColumnTransformer(read = "coalesce(name, token)")
        String name = "";
    }

    @Entity
    @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    @DiscriminatorFormula("case when token is null then 'a' else 'b' end")
    static class WithDiscriminator {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @ParameterizedTest
    @MethodSource("models")
    void refuses(Class<?> model, String origin) {
        assertRefused(model)
                .blames(model, "token", "token", "named in " + origin, "Do this in Java")
                .only(1);
    }

    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(WithFormula.class, "the formula of"),
                Arguments.of(Restricted.class, "the @SQLRestriction of"),
                Arguments.of(Filtered.class, "the @Filter mine"),
                Arguments.of(FilteredByDefault.class, "the @Filter standard"),
                Arguments.of(CheckedTable.class, "a check of the table"),
                Arguments.of(WithGeneratedColumn.class, "the @GeneratedColumn"),
                Arguments.of(WithTransformer.class, "the @ColumnTransformer"),
                Arguments.of(WithDiscriminator.class, "the discriminator"));
    }

    @Entity
    @Table(name = "account")
    static class Account {
        @Id
        long id;

        @Encrypted
        @Column(name = "stored_token")
        String token = "";
    }

    @Entity
    static class RestrictedCollection {
        @Id
        long id;

        @OneToMany
        @JoinColumn(name = "owner_id")
        @SQLRestriction("stored_token is not null")
        List<Account> accounts = List.of();
    }

    @Entity
    @FilterDef(name = "known")
    static class FilteredManyToMany {
        @Id
        long id;

        @ManyToMany
        @Filter(name = "known", condition = "stored_token is not null")
        List<Account> accounts = List.of();
    }

    @Entity
    static class Subquery {
        @Id
        long id;

        @Formula("(select max(a.stored_token) from account a)")
        String best = "";
    }

    @Entity
    @Immutable
    @Subselect("select id, stored_token as plain from account")
    static class Selected {
        @Id
        long id;

        String plain = "";
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesWhatAnotherEntityDoesWithIt(Class<?> other, String origin) {
        assertRefused(Account.class, other)
                .blames(
                        Account.class.getName() + ".token",
                        "account.stored_token",
                        "named in " + origin,
                        "Do this in Java");
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of(RestrictedCollection.class, "the @SQLRestriction of"),
                Arguments.of(FilteredManyToMany.class, "the @Filter known"),
                Arguments.of(Subquery.class, "the formula of"),
                Arguments.of(Selected.class, "the @Subselect"));
    }
}
