package io.reseal.internal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.audit.AuditEvent;
import io.reseal.audit.AuditLog;
import io.reseal.database.ResealDatabase;
import io.reseal.internal.store.JdbcKeyStore;
import io.reseal.keys.AuditEntry;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestKek;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditHurdleTest {

    @EachDatabase
    void theDatabaseRefusesToChangeTheLogAndTheLogGrows(Databases databases) throws SQLException {
        TestDatabase database = databases.fresh();
        open(database).close();
        try (AuditLog log = open(database)) {
            log.append(event());
            for (String table : List.of("reseal_audit", "reseal_audit_chain")) {
                for (String statement : List.of("UPDATE " + table + " SET chain = 'x'", "DELETE FROM " + table)) {
                    if (databases != Databases.H2) {
                        assertThatThrownBy(() -> database.execute(statement))
                                .as(statement)
                                .isInstanceOf(SQLException.class)
                                .hasMessageContaining("audit log only grows");
                    }
                }
            }
            log.append(event());
            assertThat(log.verify(List.of(), List.of(), progress -> {}).isClean())
                    .isTrue();
        }
    }

    @Test
    void postgresRefusesToTruncateTheLog() throws SQLException {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        open(database).close();
        assertThatThrownBy(() -> database.execute("TRUNCATE reseal_audit")).hasMessageContaining("only grows");
    }

    @Test
    void withoutThePrivilegeTheLogWorksWithoutTheHurdle() throws SQLException {
        TestDatabase owner = Databases.POSTGRESQL.fresh();
        try (ResealDatabase database = ResealDatabase.open(owner.settings(), "test", 2)) {
            database.install(JdbcKeyStore.SCHEMA);
        }
        owner.execute("CREATE ROLE audit_writer LOGIN");
        owner.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO audit_writer");
        TestDatabase writer = new TestDatabase(owner.url(), "audit_writer", "");
        try (ResealDatabase database = ResealDatabase.open(writer.settings(), "test", 2)) {
            assertThatCode(() -> new AuditHurdle(database).install()).doesNotThrowAnyException();
            AuditLog log = AuditLog.open(database, new TestKek("kek"), writer.settings(), Clock.systemUTC());
            log.append(event());
        }
        assertThat(owner.query("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
                .isEmpty();
    }

    private static AuditEvent event() {
        return new AuditEvent("users.ssn", new AuditEntry("operator", "count", "hourly"));
    }

    private static AuditLog open(TestDatabase target) {
        ResealDatabase database = ResealDatabase.open(target.settings(), "test", 2);
        database.install(JdbcKeyStore.SCHEMA);
        new AuditHurdle(database).install();
        return AuditLog.open(database, new TestKek("kek"), target.settings(), Clock.systemUTC());
    }
}
