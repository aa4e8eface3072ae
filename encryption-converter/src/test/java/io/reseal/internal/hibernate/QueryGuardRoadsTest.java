package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.Encrypted;
import io.reseal.ResealConfigurationException;
import io.reseal.UnsupportedQueryException;
import io.reseal.internal.hibernate.GuardModel.Base;
import io.reseal.internal.hibernate.GuardModel.Doc;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaDelete;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.CriteriaUpdate;
import jakarta.persistence.criteria.Root;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.annotations.TenantId;
import org.hibernate.query.sqm.sql.StandardSqmTranslatorFactory;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The roads to a query besides HQL in a session, and what could lead around the guard. */
class QueryGuardRoadsTest {

    @Entity(name = "WrongRead")
    @NamedQuery(name = "WrongRead.bySecret", query = "from WrongRead w where w.secret = :x")
    @NamedQuery(name = "WrongRead.fine", query = "from WrongRead w where w.id in (:ids)")
    @NamedQuery(name = "WrongRead.write", query = "update WrongRead w set w.secret = upper(:x)")
    static class WrongRead {
        @Id
        @Nullable
        Long id;

        @Encrypted
        @Nullable
        String secret;
    }

    @Entity(name = "Long_")
    @NamedQuery(name = "Long.write", query = "update Long_ l set l.secret = :x where l.id in (:ids)")
    static class LongText {
        @Id
        @Nullable
        Long id;

        @Encrypted
        @Column(length = 3000)
        @Nullable
        String secret;
    }

    @Entity(name = "PerTenant")
    static class PerTenant {
        @Id
        @Nullable
        Long id;

        @TenantId
        @Nullable
        String tenant;

        @Encrypted
        @Nullable
        String secret;
    }

    @Entity(name = "PerTenantWithQuery")
    @NamedQuery(name = "PerTenantWithQuery.all", query = "from PerTenantWithQuery")
    static class PerTenantWithQuery {
        @Id
        @Nullable
        Long id;

        @TenantId
        @Nullable
        String tenant;

        @Encrypted
        @Nullable
        String secret;
    }

    /** Somebody else's translator. */
    public static final class OwnTranslatorFactory extends StandardSqmTranslatorFactory {}

    @EachDatabase
    void refusesCriteriaLikeHql(Databases databases) {
        try (GuardFixture fixture = new GuardFixture(databases)) {
            fixture.refill();
            List<String> before = fixture.stored();
            assertRefused(fixture, QueryGuardRoadsTest::criteriaEquality);
            assertRefused(fixture, QueryGuardRoadsTest::criteriaOrder);
            assertRefused(fixture, QueryGuardRoadsTest::criteriaFunctionUpdate);
            assertRefused(fixture, QueryGuardRoadsTest::criteriaMultiTableUpdate);
            assertRefused(fixture, QueryGuardRoadsTest::criteriaDelete);
            assertThat(fixture.stored()).isEqualTo(before);
            assertThatCode(() -> fixture.factory().inTransaction(QueryGuardRoadsTest::criteriaUpdate))
                    .doesNotThrowAnyException();
            assertThat(fixture.stored()).isNotEqualTo(before).noneMatch(row -> row.contains(GuardModel.PLAIN));
            fixture.openEverything();
        }
    }

    @EachDatabase
    void neverStoresAParameterThatWasBoundAsAPlainType(Databases databases) {
        try (GuardFixture fixture = new GuardFixture(databases)) {
            for (boolean plainFirst : new boolean[] {true, false}) {
                for (String hql : List.of(
                        "update Doc d set d.secret = :x",
                        "update Doc d set d.token = :x, d.title = 'y'",
                        "update Sub s set s.deep = :x",
                        "insert into Copy (id, secret) values (99, :x)")) {
                    fixture.refill();
                    run(fixture, hql, plainFirst);
                    run(fixture, hql.replace("99", "98"), !plainFirst);
                    assertThat(fixture.stored()).noneMatch(row -> row.contains(GuardModel.PLAIN));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {PerTenant.class, PerTenantWithQuery.class})
    void bootsWhereNoSessionOpensWithoutATenant(Class<?> entity) {
        try (TestFactory factory = TestFactory.onH2(entity)) {
            assertThatThrownBy(() -> factory.sessionFactory().openSession().close())
                    .hasMessageContaining("tenant");
        }
    }

    private static void run(GuardFixture fixture, String hql, boolean plain) {
        try {
            fixture.factory().inTransaction(session -> {
                var query = session.createMutationQuery(hql);
                if (plain) {
                    query.setParameter("x", GuardModel.PLAIN + " bound", StandardBasicTypes.STRING);
                } else {
                    query.setParameter("x", GuardModel.PLAIN + " bound");
                }
                query.executeUpdate();
            });
        } catch (RuntimeException e) {
            assertThat(e).hasMessageNotContaining(GuardModel.PLAIN);
        }
    }

    @Test
    void keepsOneParameterApartWhereItGoesIntoAnEncryptedAndAPlainColumn() {
        try (GuardFixture fixture = new GuardFixture(Databases.H2)) {
            fixture.refill();
            fixture.factory()
                    .inTransaction(session -> session.createMutationQuery(
                                    "update Doc d set d.secret = :v, d.title = :v where d.id = 1")
                            .setParameter("v", "both")
                            .executeUpdate());
            Doc read = fixture.factory().fromTransaction(session -> session.find(Doc.class, 1L));
            assertThat(read.secret).isEqualTo("both");
            assertThat(read.title).isEqualTo("both");
            assertThat(fixture.factory().rows("select secret from Doc where id = 1"))
                    .singleElement()
                    .satisfies(stored -> assertThat((byte[]) stored).startsWith(1, 2));
        }
    }

    @EachDatabase
    void doesNotCutALongValueThatABulkStatementWrites(Databases databases) {
        String text = "long ".repeat(500);
        try (TestFactory factory = TestFactory.boot(TestFactory.settings(databases), LongText.class)) {
            factory.inTransaction(session -> {
                session.createMutationQuery("insert into Long_ (id, secret) values (1, :x)")
                        .setParameter("x", text)
                        .executeUpdate();
                session.createMutationQuery("insert into Long_ (id, secret) select l.id + 1, :x from Long_ l")
                        .setParameter("x", text)
                        .executeUpdate();
                session.createNamedMutationQuery("Long.write")
                        .setParameter("x", text)
                        .setParameter("ids", List.of(1L))
                        .executeUpdate();
            });
            List<String> read = factory.fromTransaction(
                    session -> session.createSelectionQuery("select l.secret from Long_ l", String.class)
                            .getResultList());
            assertThat(read).containsExactly(text, text);
        }
    }

    @Test
    void refusesAtBootNamedQueriesThatWouldBeRefused() {
        assertThatThrownBy(() -> TestFactory.onH2(WrongRead.class).close())
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("WrongRead.bySecret")
                .hasMessageContaining("WrongRead.write")
                .hasMessageContaining("WrongRead.secret (column")
                .hasMessageNotContaining("WrongRead.fine");
    }

    @Test
    void refusesToBootBesideAnotherTranslator() {
        Map<String, Object> settings = TestFactory.settings(Databases.H2);
        settings.put("hibernate.query.sqm.translator", OwnTranslatorFactory.class.getName());
        assertThatThrownBy(() -> TestFactory.boot(settings, GuardModel.CLASSES).close())
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("hibernate.query.sqm.translator")
                .hasMessageContaining(OwnTranslatorFactory.class.getName());
    }

    @Test
    void namesAttributeColumnCauseAndRemedy() {
        try (GuardFixture fixture = new GuardFixture(Databases.H2)) {
            assertThatThrownBy(() -> fixture.factory().inTransaction(QueryGuardRoadsTest::criteriaEquality))
                    .isExactlyInstanceOf(UnsupportedQueryException.class)
                    .hasMessageContaining("Doc.address.street (column ")
                    .hasMessageContaining("a restriction")
                    .hasMessageContaining("Find the rows by another attribute");
        }
    }

    private static void assertRefused(GuardFixture fixture, Consumer<Session> work) {
        assertThatThrownBy(() -> fixture.factory().inTransaction(work)).isInstanceOf(UnsupportedQueryException.class);
    }

    private static void criteriaEquality(Session session) {
        CriteriaBuilder builder = session.getCriteriaBuilder();
        CriteriaQuery<Doc> query = builder.createQuery(Doc.class);
        Root<Doc> doc = query.from(Doc.class);
        query.where(builder.equal(doc.get("address").get("street"), "x"));
        session.createQuery(query).getResultList();
    }

    private static void criteriaOrder(Session session) {
        CriteriaBuilder builder = session.getCriteriaBuilder();
        CriteriaQuery<Object> query = builder.createQuery(Object.class);
        Root<Doc> doc = query.from(Doc.class);
        query.select(doc.get("secret")).orderBy(builder.asc(doc.get("secret")));
        session.createQuery(query).getResultList();
    }

    private static void criteriaFunctionUpdate(Session session) {
        CriteriaBuilder builder = session.getCriteriaBuilder();
        CriteriaUpdate<Doc> update = builder.createCriteriaUpdate(Doc.class);
        Root<Doc> doc = update.from(Doc.class);
        update.set(doc.<String>get("token"), builder.upper(doc.<String>get("title")));
        session.createMutationQuery(update).executeUpdate();
    }

    private static void criteriaMultiTableUpdate(Session session) {
        CriteriaBuilder builder = session.getCriteriaBuilder();
        CriteriaUpdate<Base> update = builder.createCriteriaUpdate(Base.class);
        Root<Base> base = update.from(Base.class);
        update.set(base.<String>get("secret"), base.<String>get("title"));
        session.createMutationQuery(update).executeUpdate();
    }

    private static void criteriaDelete(Session session) {
        CriteriaBuilder builder = session.getCriteriaBuilder();
        CriteriaDelete<Doc> delete = builder.createCriteriaDelete(Doc.class);
        delete.where(builder.equal(delete.from(Doc.class).get("secret"), "x"));
        session.createMutationQuery(delete).executeUpdate();
    }

    private static void criteriaUpdate(Session session) {
        CriteriaBuilder builder = session.getCriteriaBuilder();
        CriteriaUpdate<Doc> update = builder.createCriteriaUpdate(Doc.class);
        update.set(update.from(Doc.class).<String>get("secret"), GuardModel.PLAIN + " criteria");
        session.createMutationQuery(update).executeUpdate();
    }
}
