package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.UnsupportedQueryException;
import io.reseal.testing.Databases;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.hibernate.HibernateException;
import org.hibernate.query.MutationQuery;
import org.hibernate.query.SelectionQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class QueryGuardTest {

    private static final Map<Databases, GuardFixture> FIXTURES = new EnumMap<>(Databases.class);

    @BeforeAll
    static void boot() {
        for (Databases databases : Databases.chosen()) {
            FIXTURES.put(databases, new GuardFixture(databases));
            fixture(databases).refill();
        }
    }

    @AfterAll
    static void close() {
        FIXTURES.values().forEach(GuardFixture::close);
    }

    static Stream<Arguments> refusedReads() {
        return onEach(GuardedQueries.REFUSED_READS);
    }

    static Stream<Arguments> allowedReads() {
        return onEach(GuardedQueries.ALLOWED_READS);
    }

    static Stream<Arguments> refusedWrites() {
        return onEach(GuardedQueries.REFUSED_WRITES);
    }

    static Stream<Arguments> allowedWrites() {
        return onEach(GuardedQueries.ALLOWED_WRITES);
    }

    @Tag("each-database")
    @ParameterizedTest
    @MethodSource("refusedReads")
    void refusesAReadThatTheDatabaseWouldGetWrong(Databases databases, String hql) {
        assertThatThrownBy(() -> read(databases, hql))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("is encrypted, and")
                .hasMessageNotContaining(GuardModel.PLAIN);
    }

    @Tag("each-database")
    @ParameterizedTest
    @MethodSource("allowedReads")
    void allowsAReadThatNeverComparesSealedValues(Databases databases, String hql) {
        assertThatCode(() -> read(databases, hql)).doesNotThrowAnyException();
    }

    @Tag("each-database")
    @ParameterizedTest
    @MethodSource("refusedWrites")
    void refusesAWriteThatWouldNotBeSealed(Databases databases, String hql) {
        GuardFixture fixture = fixture(databases);
        fixture.refill();
        List<String> before = fixture.stored();
        assertThatThrownBy(() -> write(databases, hql))
                .isInstanceOf(UnsupportedQueryException.class)
                .hasMessageContaining("is encrypted, and")
                .hasMessageNotContaining(GuardModel.PLAIN);
        assertThat(fixture.stored()).isEqualTo(before);
    }

    @Tag("each-database")
    @ParameterizedTest
    @MethodSource("allowedWrites")
    void sealsWhatAnAllowedWriteStores(Databases databases, String hql) {
        GuardFixture fixture = fixture(databases);
        fixture.refill();
        List<String> before = fixture.stored();
        write(databases, hql);
        List<String> after = fixture.stored();
        assertThat(after).isNotEqualTo(before).noneMatch(row -> row.contains(GuardModel.PLAIN));
        assertThat(after).noneMatch(row -> row.contains("4712"));
        fixture.openEverything();
    }

    static Stream<Arguments> readsThatHibernateRefuses() {
        return onEach(GuardedQueries.REFUSED_BY_HIBERNATE_READS);
    }

    static Stream<Arguments> writesThatHibernateRefuses() {
        return onEach(GuardedQueries.REFUSED_BY_HIBERNATE_WRITES);
    }

    @Tag("each-database")
    @ParameterizedTest
    @MethodSource("readsThatHibernateRefuses")
    void leavesItToHibernateToRefuseAReadOfTheWrongType(Databases databases, String hql) {
        assertThatThrownBy(() -> read(databases, hql))
                .isInstanceOfAny(HibernateException.class, IllegalArgumentException.class);
    }

    @Tag("each-database")
    @ParameterizedTest
    @MethodSource("writesThatHibernateRefuses")
    void leavesItToHibernateToRefuseAWriteOfTheWrongType(Databases databases, String hql) {
        GuardFixture fixture = fixture(databases);
        fixture.refill();
        List<String> before = fixture.stored();
        assertThatThrownBy(() -> write(databases, hql))
                .isInstanceOfAny(HibernateException.class, IllegalArgumentException.class);
        assertThat(fixture.stored()).isEqualTo(before);
    }

    @ParameterizedTest
    @FieldSource("io.reseal.internal.hibernate.GuardedQueries#UPSERTS")
    void sealsAnUpsertWhereTheDatabaseHasOne(String hql) {
        sealsWhatAnAllowedWriteStores(Databases.POSTGRESQL, hql);
    }

    @ParameterizedTest
    @FieldSource("io.reseal.internal.hibernate.GuardedQueries#UPSERTS")
    void refusesAnUpsertThatTheDatabaseWouldGarble(String hql) {
        refusesAWriteThatWouldNotBeSealed(Databases.H2, hql);
    }

    private static Stream<Arguments> onEach(Collection<String> queries) {
        return Databases.chosen().stream()
                .flatMap(databases -> queries.stream()
                        .filter(query -> isKnownTo(databases, query))
                        .map(query -> Arguments.of(databases, query)));
    }

    /** MariaDB has no functions that make XML. */
    private static boolean isKnownTo(Databases databases, String query) {
        return databases != Databases.MARIADB || !query.contains("xmlelement");
    }

    private static GuardFixture fixture(Databases databases) {
        return Objects.requireNonNull(FIXTURES.get(databases), "every database has one");
    }

    private static void read(Databases databases, String hql) {
        fixture(databases).factory().inTransaction(session -> {
            SelectionQuery<?> query = session.createSelectionQuery(hql, Object.class);
            GuardFixture.bind(query, hql);
            query.getResultList();
        });
    }

    private static void write(Databases databases, String hql) {
        fixture(databases).factory().inTransaction(session -> {
            MutationQuery query = session.createMutationQuery(hql);
            GuardFixture.bind(query, hql);
            query.executeUpdate();
        });
    }
}
