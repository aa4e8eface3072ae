package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import jakarta.persistence.AttributeOverride;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

class PositionsTest {

    @MappedSuperclass
    abstract static class Noted {
        @Id
        long id;

        @Encrypted
        String note = "note";
    }

    @Entity(name = "Member")
    @SecondaryTable(name = "secondary", pkJoinColumns = @PrimaryKeyJoinColumn(name = "member_id"))
    static class Member extends Noted {

        private String byGetter = "getter";

        @Encrypted
        @Column(name = "`Mixed`", table = "secondary")
        String secondary = "secondary";

        @Embedded
        Address home = new Address();

        @Embedded
        @AttributeOverride(name = "street", column = @Column(name = "work_street"))
        @AttributeOverride(name = "geo.place", column = @Column(name = "work_place"))
        Address work = new Address();

        @Encrypted
        @ElementCollection
        List<String> bag = new ArrayList<>(List.of("bag", "bag"));

        @Encrypted
        @ElementCollection
        @OrderColumn(name = "at")
        List<String> ordered = new ArrayList<>(List.of("first", "second"));

        @Encrypted
        @ElementCollection
        Map<String, String> byKey = new LinkedHashMap<>(Map.of("key", "value"));

        @ElementCollection
        @OrderColumn(name = "at")
        List<Address> addresses = new ArrayList<>(List.of(new Address()));

        @jakarta.persistence.Access(jakarta.persistence.AccessType.PROPERTY)
        @Encrypted
        public String getByGetter() {
            return byGetter;
        }

        public void setByGetter(String byGetter) {
            this.byGetter = byGetter;
        }
    }

    @Embeddable
    static class Address {
        @Encrypted
        String street = "street";

        @Embedded
        Geo geo = new Geo();
    }

    @Embeddable
    static class Geo {
        @Encrypted
        String place = "place";
    }

    @Entity(name = "Single")
    static class Single extends Noted {}

    @Entity(name = "SingleSub")
    static class SingleSub extends Single {
        @Encrypted
        String sub = "sub";
    }

    @Entity(name = "Joined")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Joined extends Noted {}

    @Entity(name = "JoinedSub")
    static class JoinedSub extends Joined {
        @Encrypted
        String sub = "sub";
    }

    @Entity(name = "PerClass")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    abstract static class PerClass extends Noted {}

    @Entity(name = "PerClassOne")
    static class PerClassOne extends PerClass {
        @Encrypted
        String sub = "sub";
    }

    @Entity(name = "PerClassTwo")
    static class PerClassTwo extends PerClass {}

    @Embeddable
    record Key(int a, String b) implements Serializable {}

    @Entity(name = "Embedding")
    static class Embedding {
        @EmbeddedId
        Key key = new Key(1, "b");

        @Encrypted
        String text = "text";
    }

    @Entity(name = "Composed")
    @IdClass(ComposedKey.class)
    static class Composed {
        @Id
        int a = 1;

        @Id
        UUID b = new UUID(1, 2);

        @Encrypted
        String text = "text";
    }

    static class ComposedKey implements Serializable {
        private static final long serialVersionUID = 1L;

        int a;
        UUID b = new UUID(0, 0);

        @Override
        public boolean equals(Object other) {
            return other instanceof ComposedKey key && key.a == a && key.b.equals(b);
        }

        @Override
        public int hashCode() {
            return a;
        }
    }

    private static final List<Class<?>> ENTITIES = List.of(
            Member.class,
            Single.class,
            SingleSub.class,
            Joined.class,
            JoinedSub.class,
            PerClass.class,
            PerClassOne.class,
            PerClassTwo.class,
            Embedding.class,
            Composed.class);

    private static final List<String> CATALOG = List.of(
            "member.note member.note [id] row",
            "member.bygetter member.bygetter [id] row",
            "secondary.mixed secondary.mixed [member_id] row",
            "member.street member.street [id] row",
            "member.place member.place [id] row",
            "member.work_street member.work_street [id] row",
            "member.work_place member.work_place [id] row",
            "member_bag.bag member_bag.bag [member_id] owner",
            "member_ordered.ordered member_ordered.ordered [member_id, at] row",
            "member_bykey.bykey member_bykey.bykey [member_id, bykey_key] row",
            "member_addresses.street member_addresses.street [member_id, at] row",
            "member_addresses.place member_addresses.place [member_id, at] row",
            "single.note single.note [id] row",
            "single.sub single.sub [id] row",
            "joined.note joined.note [id] row",
            "joinedsub.sub joinedsub.sub [id] row",
            "perclassone.note perclass.note [id] row",
            "perclasstwo.note perclass.note [id] row",
            "perclassone.sub perclassone.sub [id] row",
            "embedding.text embedding.text [a, b] row",
            "composed.text composed.text [a, b] row");

    @EachDatabase
    void sealsAndCatalogsEveryPosition(Databases databases) {
        Map<String, Object> settings = TestFactory.settings(databases);
        try (TestFactory factory = TestFactory.boot(settings, ENTITIES.toArray(Class<?>[]::new))) {
            persist(factory);
            assertThat(factory.catalog()).containsExactlyInAnyOrderElementsOf(CATALOG);
            for (String line : CATALOG) {
                assertThat(factory.rows(select(factory, databases, line)))
                        .as(line)
                        .isNotEmpty()
                        .allSatisfy(value -> assertThat((byte[]) value).startsWith(1, 2, 0, 0, 1));
            }
            factory.inTransaction(session -> {
                Member member = session.find(Member.class, 1L);
                assertThat(member.note).isEqualTo("note");
                assertThat(member.getByGetter()).isEqualTo("getter");
                assertThat(member.secondary).isEqualTo("secondary");
                assertThat(member.home.street).isEqualTo("street");
                assertThat(member.work.geo.place).isEqualTo("place");
                assertThat(member.bag).containsExactly("bag", "bag");
                assertThat(member.ordered).containsExactly("first", "second");
                assertThat(member.byKey).isEqualTo(Map.of("key", "value"));
                assertThat(member.addresses.get(0).geo.place).isEqualTo("place");
                assertThat(session.find(SingleSub.class, 3L).sub).isEqualTo("sub");
                assertThat(session.find(JoinedSub.class, 5L).sub).isEqualTo("sub");
                assertThat(session.createSelectionQuery("select note from PerClass", String.class)
                                .list())
                        .containsExactly("note", "note");
                assertThat(session.find(Embedding.class, new Key(1, "b")).text).isEqualTo("text");
                assertThat(session.createSelectionQuery("from Composed", Composed.class)
                                .getSingleResult()
                                .text)
                        .isEqualTo("text");
            });
        }
        settings.put("hibernate.hbm2ddl.auto", "validate");
        TestFactory.boot(settings, ENTITIES.toArray(Class<?>[]::new)).close();
    }

    private static void persist(TestFactory factory) {
        factory.inTransaction(session -> {
            List<Noted> noted = List.of(
                    new Member(),
                    new Single(),
                    new SingleSub(),
                    new Joined(),
                    new JoinedSub(),
                    new PerClassOne(),
                    new PerClassTwo());
            for (int i = 0; i < noted.size(); i++) {
                noted.get(i).id = i + 1L;
                session.persist(noted.get(i));
            }
            session.persist(new Embedding());
            session.persist(new Composed());
        });
    }

    private static String select(TestFactory factory, Databases databases, String line) {
        String[] names = line.substring(0, line.indexOf(' ')).split("\\.", 2);
        String column = names[1].equals("mixed") && databases != Databases.MARIADB ? "\"Mixed\"" : names[1];
        return "select " + column + " from " + factory.tableNamed(names[0]) + " where " + column + " is not null";
    }
}
