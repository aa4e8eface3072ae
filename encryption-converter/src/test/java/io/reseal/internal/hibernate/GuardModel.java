package io.reseal.internal.hibernate;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One entity for each way in which Hibernate lays rows out. Every plaintext of these tests contains {@link #PLAIN}. */
final class GuardModel {

    static final String PLAIN = "plaintext";

    static final Class<?>[] CLASSES = {
        Doc.class,
        Owner.class,
        Base.class,
        Sub.class,
        Split.class,
        Shape.class,
        Circle.class,
        Numbered.class,
        Copy.class
    };

    private GuardModel() {}

    @Entity(name = "Owner")
    static class Owner {
        @Id
        @Nullable
        Long id;

        @Encrypted
        @Nullable
        String name;

        @Nullable
        String city;
    }

    @Embeddable
    static class Address {
        @Nullable
        String city;

        @Encrypted
        @Nullable
        String street;
    }

    @Entity(name = "Doc")
    static class Doc {
        @Id
        @Nullable
        Long id;

        @Version
        int version;

        @Nullable
        String title;

        byte @Nullable [] raw;

        @Encrypted
        @Column(length = 100)
        @Nullable
        String secret;

        @Encrypted
        @Nullable
        String other;

        @Encrypted(form = StorageForm.TEXT)
        @Column(length = 100)
        @Nullable
        String token;

        @Encrypted
        @Nullable
        Integer amount;

        @Nullable
        Address address;

        @ManyToOne
        @Nullable
        Owner owner;

        @Encrypted
        @ElementCollection
        @OrderColumn
        List<String> notes = new ArrayList<>();

        @Encrypted
        @ElementCollection
        @MapKeyColumn(name = "label")
        Map<String, String> labels = new HashMap<>();
    }

    @Entity(name = "Copy")
    static class Copy {
        @Id
        @Nullable
        Long id;

        @Nullable
        String title;

        byte @Nullable [] raw;

        @Encrypted
        @Nullable
        String secret;
    }

    @Entity(name = "Base")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Base {
        @Id
        @Nullable
        Long id;

        @Nullable
        String title;

        byte @Nullable [] raw;

        @Encrypted
        @Nullable
        String secret;
    }

    @Entity(name = "Sub")
    static class Sub extends Base {
        @Encrypted
        @Nullable
        String deep;

        @Nullable
        String shallow;
    }

    @Entity(name = "Split")
    @SecondaryTable(name = "split_more")
    static class Split {
        @Id
        @Nullable
        Long id;

        @Nullable
        String title;

        @Encrypted
        @Column(table = "split_more")
        @Nullable
        String secret;

        @Column(table = "split_more")
        @Nullable
        String more;
    }

    @Entity(name = "Shape")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Shape {
        @Id
        @Nullable
        Long id;

        @Nullable
        String title;

        @Encrypted
        @Nullable
        String secret;
    }

    @Entity(name = "Circle")
    static class Circle extends Shape {
        @Nullable
        String color;
    }

    @Entity(name = "Numbered")
    static class Numbered {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE)
        @Nullable
        Long id;

        @Nullable
        String title;

        @Encrypted
        @Nullable
        String secret;
    }
}
