package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.Bounds;
import io.reseal.rotation.internal.jdbc.Dialect;
import io.reseal.rotation.internal.jdbc.Limits;
import io.reseal.rotation.internal.jdbc.RowAddress;
import io.reseal.rotation.internal.jdbc.StaleQuery;
import io.reseal.rotation.internal.jdbc.StaleRow;
import io.reseal.rotation.internal.jdbc.Window;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jdbi.v3.core.Jdbi;

/** Reads stale rows, each time in a short transaction of its own that holds no lock. */
final class WindowSource {

    private static final Window NOTHING = new Window(List.of(), true, false);

    private final Jdbi jdbi;
    private final Dialect dialect;

    WindowSource(Jdbi jdbi, Dialect dialect) {
        this.jdbi = jdbi;
        this.dialect = dialect;
    }

    /**
     * The next window of what is left of the claim, a few rows at a time: the snapshot of a long statement would keep other
     * workers' dead rows from making room.
     *
     * @param turn waits until the next statement may begin, and returns how many rows it may read
     */
    Window read(RangeClaim claim, TargetTable table, Limits limits, IntSupplier turn) {
        if (claim.run().retired().isEmpty()) { // all of them are suspended since
            return NOTHING;
        }
        Window window = Window.EMPTY;
        Bounds rest = claim.rest();
        Limits left = limits;
        while (!window.isLast() && !window.isFull() && left.rows() > 0) {
            Window part = part(claim, table, rest, left.atMost(turn.getAsInt()));
            window = window.then(part);
            left = left.less(part);
            rest = part.rows().isEmpty() ? rest : rest.from(part.end());
        }
        return window;
    }

    private Window part(RangeClaim claim, TargetTable table, Bounds bounds, Limits limits) {
        StaleQuery query = new StaleQuery(table.shape(), claim.run().retired(), limits);
        try {
            return jdbi.<Window, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                dialect.seeAllRows(connection);
                return dialect.asking(connection, () -> dialect.read(connection, query, bounds));
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }

    /** Those of the rows that are there and stale; no statement asks for more than {@code limits} has rows. */
    List<StaleRow> readAll(RangeClaim claim, TargetTable table, List<RowAddress> addresses, Limits limits) {
        StaleQuery query = new StaleQuery(table.shape(), claim.run().retired(), limits);
        List<StaleRow> rows = new ArrayList<>();
        for (int from = 0; from < addresses.size(); from += limits.rows()) {
            int end = Math.min(addresses.size(), from + limits.rows());
            rows.addAll(readAll(query, addresses.subList(from, end)));
        }
        return rows;
    }

    private List<StaleRow> readAll(StaleQuery query, List<RowAddress> addresses) {
        List<StaleRow> rows = new ArrayList<>();
        Set<RowAddress> open = new LinkedHashSet<>(addresses);
        boolean isLast = open.isEmpty();
        while (!isLast) {
            Window window = read(query, List.copyOf(open));
            rows.addAll(window.rows());
            window.rows().forEach(row -> open.remove(row.address()));
            isLast = window.isLast() || open.isEmpty();
        }
        return rows;
    }

    private Window read(StaleQuery query, List<RowAddress> addresses) {
        try {
            return jdbi.<Window, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                dialect.seeAllRows(connection);
                return dialect.asking(connection, () -> dialect.read(connection, query, addresses));
            });
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
