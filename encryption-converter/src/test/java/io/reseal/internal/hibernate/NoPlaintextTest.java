package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.reseal.Encrypted;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Tuple;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Root;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.cache.Cache;
import javax.cache.CacheManager;
import javax.cache.Caching;
import org.hibernate.Session;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.jpa.HibernateHints;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class NoPlaintextTest {

    private static final String SECRET = "hunter2-secret";
    private static final int NUMBER = 987_654_321;

    @Entity(name = "Account")
    @Cacheable
    @org.hibernate.annotations.Cache(usage = CacheConcurrencyStrategy.READ_WRITE, region = "accounts")
    static class Account {
        @Id
        long id;

        @Encrypted
        String secret;

        @Encrypted
        Integer number;

        @Encrypted
        List<String> notes;

        @Encrypted
        @ElementCollection
        @org.hibernate.annotations.Cache(usage = CacheConcurrencyStrategy.READ_WRITE, region = "codes")
        List<String> codes = new ArrayList<>();

        Account() {}

        Account(long id) {
            this.id = id;
            secret = SECRET;
            number = NUMBER;
            notes = List.of(SECRET);
            codes.add(SECRET);
        }
    }

    record Shown(long id, String secret) {}

    @EachDatabase
    void bulkStatementsStoreSealedValues(Databases databases) {
        try (TestFactory factory = TestFactory.boot(TestFactory.settings(databases), Account.class)) {
            factory.inTransaction(session -> {
                session.createMutationQuery("insert into Account (id, secret, number) values (1, :secret, :number)")
                        .setParameter("secret", SECRET)
                        .setParameter("number", NUMBER)
                        .executeUpdate();
                session.createMutationQuery("insert into Account (id, secret, number) select 2, :secret, :number")
                        .setParameter("secret", SECRET)
                        .setParameter("number", NUMBER)
                        .executeUpdate();
                session.persist(new Account(3));
                session.persist(new Account(4));
                session.flush();
                session.createMutationQuery("update Account set secret = :secret, number = :number where id = 3")
                        .setParameter("secret", SECRET + 3)
                        .setParameter("number", NUMBER)
                        .executeUpdate();
                session.createMutationQuery(
                                "update Account a set a.secret = :secret, a.number = a.number where a.id = 4")
                        .setParameter("secret", SECRET + 4)
                        .executeUpdate();
            });
            assertSealed(factory);
            factory.inTransaction(session -> {
                assertThat(session.createSelectionQuery("select secret from Account order by id", String.class)
                                .list())
                        .containsExactly(SECRET, SECRET, SECRET + 3, SECRET + 4);
                assertThat(session.createSelectionQuery("select number from Account", Integer.class)
                                .list())
                        .containsOnly(NUMBER);
            });
        }
    }

    @EachDatabase
    void everyWayOfReadingOpensTheValues(Databases databases) {
        try (TestFactory factory = TestFactory.boot(TestFactory.settings(databases), Account.class)) {
            factory.sessionFactory().inStatelessTransaction(session -> session.insert(new Account(1)));
            assertSealed(factory);
            factory.inTransaction(NoPlaintextTest::readInEveryWay);
            factory.sessionFactory().inStatelessTransaction(session -> {
                Account account = session.get(Account.class, 1L);
                assertThat(account.secret).isEqualTo(SECRET);
                account.secret = SECRET + 2;
                session.update(account);
            });
            assertSealed(factory);
        }
    }

    @Test
    void cachesHoldNoPlaintext() throws IOException {
        Map<String, Object> settings = TestFactory.settings(Databases.H2);
        CacheManager manager = Caching.getCachingProvider().getCacheManager();
        settings.put("hibernate.javax.cache.cache_manager", manager);
        settings.put("hibernate.cache.use_second_level_cache", true);
        settings.put("hibernate.cache.use_query_cache", true);
        settings.put("hibernate.cache.region.factory_class", "jcache");
        settings.put("hibernate.javax.cache.missing_cache_strategy", "create");
        settings.put("hibernate.generate_statistics", true);
        try (TestFactory factory = TestFactory.boot(settings, Account.class)) {
            factory.inTransaction(session -> session.persist(new Account(1)));
            for (int i = 0; i < 2; i++) {
                factory.inTransaction(session -> {
                    Account found = session.find(Account.class, 1L);
                    assertThat(found.secret).isEqualTo(SECRET);
                    assertThat(found.notes).containsExactly(SECRET);
                    assertThat(found.codes).containsExactly(SECRET);
                    assertThat(session.createSelectionQuery("select secret, number from Account", Object[].class)
                                    .setCacheable(true)
                                    .getSingleResult())
                            .containsExactly(SECRET, NUMBER);
                });
            }
            var statistics = factory.sessionFactory().getStatistics();
            assertThat(statistics.getQueryCacheHitCount()).isPositive();
            assertThat(statistics.getSecondLevelCacheHitCount()).isPositive();
            assertThat(dump(manager)).isNotEmpty().doesNotContain("hunter2").doesNotContain(number());
        } finally {
            manager.close();
        }
    }

    @Test
    void logsHoldNoPlaintextAtAnyLevel() {
        Logger root = (Logger) LoggerFactory.getLogger("org.hibernate.orm");
        Level before = root.getLevel();
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        root.addAppender(appender);
        root.setAdditive(false);
        root.setLevel(Level.TRACE);
        try (TestFactory factory = TestFactory.onH2(Account.class)) {
            factory.inTransaction(session -> session.persist(new Account(1)));
            factory.inTransaction(NoPlaintextTest::readInEveryWay);
            factory.inTransaction(session -> session.find(Account.class, 1L).secret = SECRET + 1);
            factory.inTransaction(session -> session.createMutationQuery("update Account set secret = :secret")
                    .setParameter("secret", SECRET)
                    .executeUpdate());
            factory.inTransaction(session -> session.remove(session.find(Account.class, 1L)));
        } finally {
            root.setLevel(before);
            root.setAdditive(true);
            root.detachAppender(appender);
        }
        assertThat(appender.list)
                .anySatisfy(event -> assertThat(event.getFormattedMessage()).contains("<sealed>"))
                .allSatisfy(event -> assertThat(event.getFormattedMessage())
                        .doesNotContain("hunter2")
                        .doesNotContain("" + NUMBER));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update Account set number = :x",
                "insert into Account (id, number) values (7, :x)",
                "insert into Account (id, number) select 8, :x"
            })
    void exceptionsHoldNoPlaintextOfAnotherType(String hql) {
        try (TestFactory factory = TestFactory.onH2(Account.class)) {
            factory.inTransaction(session -> session.persist(new Account(1)));
            for (Object wrong : List.of(SECRET, List.of(SECRET))) {
                Throwable refusal =
                        catchThrowable(() -> factory.inTransaction(session -> session.createMutationQuery(hql)
                                .setParameter("x", wrong)
                                .executeUpdate()));
                assertThat(refusal).isNotNull();
                for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
                    assertThat(cause.toString()).doesNotContain("hunter2");
                }
            }
        }
    }

    private static void readInEveryWay(Session session) {
        assertThat(session.createSelectionQuery(
                                "select new " + Shown.class.getName() + "(id, secret) from Account", Shown.class)
                        .getSingleResult())
                .isEqualTo(new Shown(1, SECRET));
        assertThat(session.createSelectionQuery("select secret as s from Account", Tuple.class)
                        .getSingleResult()
                        .get("s"))
                .isEqualTo(SECRET);
        CriteriaQuery<String> criteria = session.getCriteriaBuilder().createQuery(String.class);
        Root<Account> account = criteria.from(Account.class);
        assertThat(session.createQuery(criteria.select(account.get("secret"))).getSingleResult())
                .isEqualTo(SECRET);
        assertThat(session.createNativeQuery("select * from Account", Account.class)
                        .getSingleResult()
                        .secret)
                .isEqualTo(SECRET);
        assertThat(session.createSelectionQuery("from Account a join fetch a.codes", Account.class)
                        .setHint(HibernateHints.HINT_READ_ONLY, true)
                        .getSingleResult()
                        .codes)
                .containsExactly(SECRET);
    }

    private static void assertSealed(TestFactory factory) {
        assertThat(factory.rows("select secret from Account union all select number from Account"))
                .isNotEmpty()
                .allSatisfy(value -> assertThat((byte[]) value).startsWith(1, 2, 0, 0, 1));
    }

    private static String number() {
        return new String(
                new byte[] {(byte) (NUMBER >>> 24), (byte) (NUMBER >>> 16), (byte) (NUMBER >>> 8), (byte) NUMBER},
                StandardCharsets.ISO_8859_1);
    }

    private static String dump(CacheManager manager) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            for (String name : manager.getCacheNames()) {
                for (Cache.Entry<Object, Object> entry : manager.getCache(name)) {
                    out.writeUnshared(entry.getKey());
                    out.writeUnshared(entry.getValue());
                }
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }
}
