package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.reseal.Encrypted;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.TamperedValueException;
import io.reseal.UndecodableValueException;
import io.reseal.UnreadableValueException;
import io.reseal.crypto.FieldCipher;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hibernate.Length;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SealedBootTest {

    @Entity(name = "Note")
    static class Note {
        @Id
        long id = 1;

        @Encrypted
        @Column(length = 100)
        String text = "text";

        @Encrypted(form = StorageForm.TEXT)
        @Column(length = 100)
        String other = "other";

        @Encrypted
        int number = 7;
    }

    @Entity(name = "Renamed")
    @Table(name = "Note")
    static class Renamed {
        @Id
        long id;

        @Encrypted(context = "somewhere.else")
        String text = "";
    }

    @Entity(name = "Wrong")
    static class Wrong {
        @Id
        long id;

        @Encrypted(keyType = "no_such_type")
        String unknown = "";

        @Encrypted
        Locale unsupported = Locale.ROOT;

        @Encrypted
        @ManyToOne
        Note association = new Note();
    }

    @Entity(name = "OtherPurposes")
    static class OtherPurposes {
        @Id
        long id;

        @Encrypted(keyType = "api_signature")
        String signature = "";

        @Encrypted(keyType = "file_encryption")
        String file = "";

        @Encrypted(keyType = "session_encryption")
        String session = "";
    }

    @Entity(name = "Sharing")
    @Table(name = "shared")
    static class Sharing {
        @Id
        long id;

        @Encrypted
        @Column(name = "text")
        String one = "";
    }

    @Entity(name = "Other")
    @Table(name = "shared")
    static class Other {
        @Id
        long id;

        @Encrypted(context = "another")
        @Column(name = "text")
        String two = "";
    }

    @EachDatabase
    void refusesColumnsThatAreTooShortOrOfTheWrongKind(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        boolean hasWidths = databases != Databases.POSTGRESQL;
        String text = hasWidths ? "varbinary(100)" : "varchar(500)";
        execute(
                database,
                "create table Note (id bigint primary key, text " + text + ", other varchar(50), number "
                        + (hasWidths ? "varbinary(37)" : "bytea") + ")");
        Map<String, Object> settings = TestFactory.settings(database);
        settings.put("hibernate.hbm2ddl.auto", "none");

        assertThatThrownBy(() -> TestFactory.boot(settings, Note.class))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("2 problems")
                .hasMessageContaining(hasWidths ? "is 100 wide, and sealed values need 333" : "bytea")
                .hasMessageContaining("Note.other")
                .hasMessageContaining("is 50 wide, and sealed values need");
        awaitOnlyOwnConnection(database, databases);
    }

    @Test
    void reportsAllProblemsTogetherAndWritesNothing() throws SQLException {
        TestDatabase database = Databases.H2.fresh();
        assertThatThrownBy(() -> TestFactory.boot(TestFactory.settings(database), Wrong.class, Note.class))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("Wrong.unknown")
                .hasMessageContaining("no_such_type")
                .hasMessageContaining("database_encryption, ")
                .hasMessageContaining("Wrong.unsupported")
                .hasMessageContaining("java.util.Locale")
                .hasMessageContaining("Wrong.association");
        assertThat(query(database, "select count(*) from information_schema.tables where table_schema = 'PUBLIC'"))
                .isZero();
    }

    @Test
    void refusesKeysThatAreMeantForSomethingElse() {
        Refusal refusal = assertRefused(OtherPurposes.class);
        for (String attribute : List.of("signature", "file", "session")) {
            assertThat(refusal.problems())
                    .filteredOn(problem -> problem.startsWith("OtherPurposes." + attribute)
                            || problem.contains("OtherPurposes." + attribute + ":"))
                    .singleElement(STRING)
                    .contains("one purpose", "Name database_encryption or token_encryption");
        }
        refusal.only(3);
    }

    @Test
    void refusesTwoContextsForOneColumn() {
        assertThatThrownBy(() -> TestFactory.onH2(Sharing.class, Other.class))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("Sharing.one")
                .hasMessageContaining("Other.two");
    }

    @Test
    void refusesAContextThatIsNotTheRecordedOne() {
        Map<String, Object> settings = TestFactory.settings(Databases.H2);
        TestFactory.boot(settings, Note.class).close();
        assertThatThrownBy(() -> TestFactory.boot(settings, Renamed.class))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContaining("@Encrypted(context =");
    }

    @Test
    void twoFactoriesWithTheirOwnKeysDoNotReadEachOther() {
        try (TestFactory one = TestFactory.onH2(Note.class);
                TestFactory two = TestFactory.onH2(Note.class)) {
            one.inTransaction(session -> session.persist(new Note()));
            two.inTransaction(session -> session.persist(new Note()));
            assertThat(one.fromTransaction(session -> session.find(Note.class, 1L)).text)
                    .isEqualTo("text");
            two.execute("update Note set text = X'"
                    + hex((byte[]) one.rows("select text from Note").get(0)) + "'");
            assertThatThrownBy(() -> two.inTransaction(session -> session.find(Note.class, 1L)))
                    .isInstanceOf(UnreadableValueException.class);
        }
    }

    @Test
    void refusesAValueMovedToAnotherColumn() {
        try (TestFactory factory = TestFactory.onH2(Note.class)) {
            factory.inTransaction(session -> session.persist(new Note()));
            factory.execute("update Note set text = number");
            assertThatThrownBy(() -> factory.inTransaction(session -> session.find(Note.class, 1L)))
                    .isInstanceOf(TamperedValueException.class);
        }
    }

    @Test
    void namesTheAttributeWhoseAuthenticBytesAreNoneOfItsType() {
        Map<String, Object> settings = TestFactory.settings(Databases.H2);
        try (TestFactory factory = TestFactory.boot(settings, Note.class);
                KeyRegistry keys = ResealKeys.open(ResealSettings.from(settings), Clock.systemUTC())) {
            factory.inTransaction(session -> session.persist(new Note()));
            byte[] sealed = new FieldCipher(keys, "Note.number").seal(KeyType.DATABASE_ENCRYPTION, new byte[3]);
            factory.execute("update Note set number = X'" + hex(sealed) + "'");
            assertThatThrownBy(() -> factory.inTransaction(session -> session.find(Note.class, 1L)))
                    .isInstanceOf(UndecodableValueException.class)
                    .hasMessageContaining("Note.number");
        }
    }

    @Entity(name = "Essay")
    static class Essay {
        @Id
        long id;

        @Encrypted
        @Column(length = Length.LONG32)
        @Nullable
        String text;
    }

    @Test
    void takesTextOfAnyLengthWhereColumnsHaveNoWidth() {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        try (TestFactory factory = TestFactory.boot(TestFactory.settings(database), Essay.class)) {
            Essay essay = new Essay();
            essay.text = "long ".repeat(500_000);
            factory.inTransaction(session -> session.persist(essay));
            assertThat(factory.<Essay>fromTransaction(session -> session.find(Essay.class, 0L)).text)
                    .isEqualTo(essay.text);
        }
    }

    @EachDatabase
    void closesItsConnectionsWithTheSessionFactory(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        TestFactory.boot(TestFactory.settings(database), Note.class).close();
        awaitOnlyOwnConnection(database, databases);
    }

    /** A server notices a moment later that a client has gone. */
    private static void awaitOnlyOwnConnection(TestDatabase database, Databases databases) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(
                        () -> assertThat(connections(database, databases)).isOne());
    }

    private static long connections(TestDatabase database, Databases databases) throws SQLException {
        return query(
                database,
                switch (databases) {
                    case H2 -> "select count(*) from information_schema.sessions";
                    case POSTGRESQL -> "select count(*) from pg_stat_activity where datname = current_database()";
                    case MARIADB -> "select count(*) from information_schema.processlist where db = database()";
                });
    }

    private static void execute(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long query(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
