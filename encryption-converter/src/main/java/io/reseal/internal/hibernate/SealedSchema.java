package io.reseal.internal.hibernate;

import io.reseal.database.ColumnCatalog;
import io.reseal.database.RetiredColumn;
import io.reseal.database.SealedColumn;
import io.reseal.keys.AuditEntry;
import io.reseal.keys.KeyDecision;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.Keyring;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;

/** Once Hibernate is done with the schema: judges the real columns, then records them in the catalog. */
final class SealedSchema implements SessionFactoryObserver {

    private static final long serialVersionUID = 1L;

    private final transient List<MappedColumn> columns;
    private final transient KeyRegistry keys;

    SealedSchema(List<MappedColumn> columns, KeyRegistry keys) {
        this.columns = columns;
        this.keys = keys;
    }

    @Override
    public void sessionFactoryCreated(SessionFactory factory) {
        check(factory.unwrap(SessionFactoryImplementor.class).getJdbcServices().getBootstrapJdbcConnectionAccess());
        record();
    }

    private void check(JdbcConnectionAccess access) {
        try {
            Connection connection = access.obtainConnection();
            try {
                new ColumnCheck(connection).refuseUnfit(columns);
            } finally {
                access.releaseConnection(connection);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The columns of encrypted attributes can't be read from the database", e);
        }
    }

    private void record() {
        List<SealedColumn> sealed = columns.stream().map(MappedColumn::column).toList();
        new ColumnCatalog(keys).record(sealed);
        keys.decisions().decide(keyring -> mappedAgain(keyring, sealed));
    }

    /** What this application maps, it may fill: it counts again, whatever people decided about it before. */
    private static Optional<KeyDecision> mappedAgain(Keyring keyring, List<SealedColumn> sealed) {
        List<RetiredColumn> again = RetiredColumn.in(keyring).stream()
                .filter(retired -> sealed.stream().anyMatch(retired::is))
                .map(RetiredColumn::mappedAgain)
                .toList();
        AuditEntry entry =
                new AuditEntry("reseal", "map-column-again", "an application maps it").telling(again.toString());
        return again.isEmpty()
                ? Optional.empty()
                : Optional.of(new KeyDecision(
                        Optional.empty(),
                        again.stream().map(RetiredColumn::record).toList(),
                        entry));
    }
}
