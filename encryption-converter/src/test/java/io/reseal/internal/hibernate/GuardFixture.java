package io.reseal.internal.hibernate;

import io.reseal.internal.hibernate.GuardModel.Address;
import io.reseal.internal.hibernate.GuardModel.Base;
import io.reseal.internal.hibernate.GuardModel.Circle;
import io.reseal.internal.hibernate.GuardModel.Doc;
import io.reseal.internal.hibernate.GuardModel.Numbered;
import io.reseal.internal.hibernate.GuardModel.Owner;
import io.reseal.internal.hibernate.GuardModel.Split;
import io.reseal.internal.hibernate.GuardModel.Sub;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.hibernate.Hibernate;
import org.hibernate.query.CommonQueryContract;

/** The model on one database, filled with two rows of each kind, and looked at through a connection of its own. */
final class GuardFixture implements AutoCloseable {

    private static final List<String> TABLES = List.of(
            "Doc_notes",
            "Doc_labels",
            "Doc",
            "Owner",
            "Copy",
            "Sub",
            "Base",
            "split_more",
            "Split",
            "Shape",
            "Circle",
            "Numbered");

    private static final Pattern PARAMETER = Pattern.compile(":(\\w+)");

    private final TestDatabase database;
    private final TestFactory factory;

    GuardFixture(Databases databases) {
        database = databases.fresh();
        Map<String, Object> settings = TestFactory.settings(database);
        settings.put("hibernate.query.hql.json_functions_enabled", "true");
        settings.put("hibernate.query.hql.xml_functions_enabled", "true");
        factory = TestFactory.boot(settings, GuardModel.CLASSES);
    }

    TestFactory factory() {
        return factory;
    }

    void refill() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute("delete from " + table);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        factory.inTransaction(session -> List.of(1L, 2L).forEach(id -> persist(session, id)));
    }

    private static void persist(org.hibernate.Session session, Long id) {
        String secret = GuardModel.PLAIN + " secret " + id;
        Owner owner = new Owner();
        owner.id = id;
        owner.name = secret;
        owner.city = "city " + id;
        session.persist(owner);
        Doc doc = new Doc();
        doc.id = id;
        doc.title = "title " + id;
        doc.secret = secret;
        doc.other = secret;
        doc.token = secret;
        doc.amount = 4711;
        doc.address = new Address();
        doc.address.city = "city";
        doc.address.street = secret;
        doc.owner = owner;
        doc.notes.add(secret);
        doc.labels.put("label", secret);
        session.persist(doc);
        Base base = new Base();
        base.id = id;
        base.title = "title " + id;
        base.secret = secret;
        session.persist(base);
        Sub sub = new Sub();
        sub.id = id + 10;
        sub.title = "title " + id;
        sub.secret = secret;
        sub.deep = secret;
        sub.shallow = "shallow";
        session.persist(sub);
        Split split = new Split();
        split.id = id;
        split.title = "title " + id;
        split.secret = secret;
        split.more = "more";
        session.persist(split);
        Circle circle = new Circle();
        circle.id = id;
        circle.title = "title " + id;
        circle.secret = secret;
        session.persist(circle);
        Numbered numbered = new Numbered();
        numbered.title = "title " + id;
        numbered.secret = secret;
        session.persist(numbered);
    }

    /** Everything that is stored, bytes as Latin-1 text, so that plaintext shows wherever it is. */
    List<String> stored() {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                try (ResultSet result = statement.executeQuery("select * from " + table)) {
                    while (result.next()) {
                        rows.add(table + row(result));
                    }
                }
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return rows.stream().sorted().toList();
    }

    private static List<String> row(ResultSet result) throws SQLException {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            Object value = result.getObject(i);
            values.add(result.getMetaData().getColumnLabel(i) + "="
                    + (value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : value));
        }
        return values;
    }

    /** Reads every entity, so that each stored value is opened. */
    void openEverything() {
        factory.inTransaction(session -> {
            for (Class<?> entity : GuardModel.CLASSES) {
                session.createSelectionQuery("from " + entity.getSimpleName(), entity)
                        .getResultList();
            }
            session.createSelectionQuery("from Doc", Doc.class).getResultList().forEach(doc -> {
                Hibernate.initialize(doc.notes);
                Hibernate.initialize(doc.labels);
            });
        });
    }

    /** Gives each parameter that the query names a value of the kind that its name stands for. */
    static void bind(CommonQueryContract query, String hql) {
        PARAMETER.matcher(hql).results().map(found -> found.group(1)).distinct().forEach(name -> {
            if (name.equals("list")) {
                query.setParameterList(name, List.of(GuardModel.PLAIN + " 1", GuardModel.PLAIN + " 2"));
            } else {
                query.setParameter(name, value(name));
            }
        });
    }

    private static Object value(String parameter) {
        return switch (parameter) {
            case "id" -> 1L;
            case "newId" -> 77L;
            case "n" -> 5;
            case "address" -> address();
            default -> GuardModel.PLAIN + " bound";
        };
    }

    private static Address address() {
        Address address = new Address();
        address.city = "city";
        address.street = GuardModel.PLAIN + " street";
        return address;
    }

    @Override
    public void close() {
        factory.close();
    }
}
