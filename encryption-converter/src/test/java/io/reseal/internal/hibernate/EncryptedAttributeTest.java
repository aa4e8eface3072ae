package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import io.reseal.StorageForm;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EncryptedAttributeTest {

    @Entity(name = "Person")
    static class Person {
        @Id
        Long id;

        @Encrypted
        String name;

        @Encrypted(form = StorageForm.TEXT, keyType = "token_encryption")
        String token;

        @Encrypted
        int age;

        @Encrypted
        LocalDate born;

        @Encrypted
        List<UUID> friends;

        @Encrypted
        Address address;

        @Encrypted
        @ElementCollection
        List<String> phones = new ArrayList<>();
    }

    record Address(String street, int number, List<String> lines) {}

    @Test
    void sealsWhatItStoresAndOpensWhatItReads() {
        try (TestFactory factory = TestFactory.onH2(Person.class)) {
            UUID friend = UUID.randomUUID();
            factory.inTransaction(session -> {
                Person person = new Person();
                person.id = 1L;
                person.name = "Ayşe";
                person.token = "s3cret";
                person.age = 41;
                person.born = LocalDate.of(1985, 2, 28);
                person.friends = new ArrayList<>(List.of(friend));
                person.address = new Address("High Street", 7, List.of("c/o"));
                person.phones.add("+90 1");
                session.persist(person);
            });
            Person read = factory.fromTransaction(session -> {
                Person found = session.find(Person.class, 1L);
                assertThat(found.phones).containsExactly("+90 1");
                return found;
            });
            assertThat(read.name).isEqualTo("Ayşe");
            assertThat(read.token).isEqualTo("s3cret");
            assertThat(read.age).isEqualTo(41);
            assertThat(read.born).isEqualTo(LocalDate.of(1985, 2, 28));
            assertThat(read.friends).containsExactly(friend);
            assertThat(read.address).isEqualTo(new Address("High Street", 7, List.of("c/o")));
            byte[] stored = (byte[]) factory.rows("select name from Person").get(0);
            assertThat(stored)
                    .hasSize(33 + "Ayşe".getBytes(StandardCharsets.UTF_8).length)
                    .startsWith(1, 2, 0, 0, 1);
            assertThat(factory.rows("select token from Person").get(0).toString())
                    .startsWith("rs:tok:1:");
            assertThat((byte[]) factory.rows("select phones from Person_phones").get(0))
                    .startsWith(1, 2, 0, 0, 1);
        }
    }
}
