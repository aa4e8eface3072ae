package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.reencryption.ColumnProof;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofStrength;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProofTest {

    private static Proof proof(ColumnProof... columns) {
        KeyId key = new KeyId(KeyType.DATABASE_ENCRYPTION, 1);
        return new Proof(key, ProofStrength.HARD, Instant.EPOCH, List.of(columns), List.of("an assumption"), List.of());
    }

    private static ColumnProof column(long remaining) {
        return new ColumnProof(Optional.empty(), "account", "secret", remaining, 10);
    }

    @Test
    void holdsWhenNoColumnHasAValueLeft() {
        assertThat(proof(column(0), column(0)).holds()).isTrue();
    }

    @Test
    void doesNotHoldWhenOneColumnHasOneValueLeft() {
        assertThat(proof(column(0), column(1)).holds()).isFalse();
    }

    @Test
    void doesNotHoldOnceItIsVoid() {
        Proof proof = proof(column(0));
        Proof later = new Proof(
                proof.key(),
                proof.strength(),
                proof.takenAt(),
                proof.columns(),
                proof.assumptions(),
                List.of("the database was restored"));
        assertThat(later.isVoid()).isTrue();
        assertThat(later.holds()).isFalse();
    }

    @Test
    void doesNotHoldWhenNoColumnWasLookedAt() {
        assertThat(proof().holds()).isFalse();
    }
}
