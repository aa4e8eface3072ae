package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;

import io.reseal.Encrypted;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Transient;
import java.util.HashSet;
import java.util.Set;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.NaturalId;
import org.junit.jupiter.api.Test;

class BootReportTest {

    @Entity
    static class FiveProblems {
        @Id
        long id;

        @Encrypted
        @Column(unique = true)
        String first = "";

        @Encrypted
        @Lob
        String second = "";

        @Encrypted
        @NaturalId
        String third = "";

        @Encrypted
        @ElementCollection
        Set<String> fourth = new HashSet<>();

        @Encrypted
        @Transient
        String fifth = "";

        @Encrypted
        String fine = "";

        @Formula("id + 1")
        long next;
    }

    @Test
    void namesAllProblemsOfAMappingTogether() {
        String table = "BootReportTest$FiveProblems";
        String entity = FiveProblems.class.getName();
        Refusal refusal = assertRefused(FiveProblems.class);
        refusal.blames(entity + ".first", table + ".first", "unique", "Remove the constraint")
                .blames(entity + ".second", table + ".second", "@Lob", "Remove @Lob")
                .blames(entity + ".third", table + ".third", "@NaturalId", "Identify")
                .blames(entity + ".fourth", table + "_fourth.fourth", "Set", "Use a List")
                .only(5);
    }
}
