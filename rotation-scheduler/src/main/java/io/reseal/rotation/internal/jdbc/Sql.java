package io.reseal.rotation.internal.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A statement under construction, with what is bound to its parameters so far. */
final class Sql {

    private final StringBuilder text = new StringBuilder();
    private final List<Object> binds = new ArrayList<>();

    Sql(String text) {
        this.text.append(text);
    }

    Sql add(String more, Object... values) {
        text.append(more);
        Collections.addAll(binds, values);
        return this;
    }

    Sql add(Sql more) {
        text.append(more.text);
        binds.addAll(more.binds);
        return this;
    }

    PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text.toString());
        for (int i = 0; i < binds.size(); i++) {
            statement.setObject(i + 1, binds.get(i));
        }
        return statement;
    }
}
