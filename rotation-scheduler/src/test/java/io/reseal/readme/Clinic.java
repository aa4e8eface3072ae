package io.reseal.readme;

import io.reseal.Encrypted;
import io.reseal.keys.KeyType;
import io.reseal.rotation.KeyRotation;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceConfiguration;
import java.time.Duration;
import java.util.Map;

// The README shows the lines between "begin" and "end".
final class Clinic {

    private Clinic() {}

    // begin
    @Entity
    static class Patient {
        @Id
        long number;

        @Encrypted
        String diagnosis; // stored as 01 02 00 00 01 …: a key of type 2, version 1, then ciphertext
    }

    static void run(Map<String, Object> settings) { // jakarta.persistence.jdbc.url, …, and reseal.keystore=jdbc
        var unit = new PersistenceConfiguration("clinic")
                .managedClass(Patient.class)
                .properties(settings);
        try (var patients = unit.createEntityManagerFactory();
                var rotation = KeyRotation.open(settings)) {
            var ada = new Patient();
            ada.diagnosis = "hay fever";
            patients.runInTransaction(session -> session.persist(ada));

            rotation.rotate(KeyType.DATABASE_ENCRYPTION, "dr.jones", "a laptop was lost"); // sealed under version 2 now
            try (var run = rotation.reencrypt(KeyType.DATABASE_ENCRYPTION)) { // while others read and write
                run.await(Duration.ofHours(1));
                run.proofs().forEach(System.out::println); // remaining=0 under version 1, in every column
            }
        }
    }
    // end
}
