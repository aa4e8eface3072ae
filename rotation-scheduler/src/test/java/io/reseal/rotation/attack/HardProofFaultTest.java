package io.reseal.rotation.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.ProofBlockedException;
import io.reseal.rotation.reencryption.ProofRefusedException;
import io.reseal.rotation.reencryption.ProofStrength;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.util.PSQLException;

/** Every {@link Fault} is first seen to fool a naive proof, and then to fail, or to hold up, the hard one. */
class HardProofFaultTest {

    private static final Duration SHORT = Duration.ofMillis(700);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int PROOFS = 20;

    @RegisterExtension
    final Nodes nodes = new Nodes();

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void foolsANaiveProofAndNotTheHardOne(Fault fault) throws Exception {
        try (Site site = Site.filled(directory)) {
            if (fault.needsNode()) {
                site.startNode(nodes);
            }
            site.drain();
            assertThat(site.valuesUnderOldKey()).isZero();

            try (Plot plot = fault.plant(site)) {
                foolsTheNaiveProof(fault, site, plot);
            }
            fault.undo(site);
            site.clean();
            assertThat(site.valuesUnderOldKey()).isZero();

            try (Plot plot = fault.plant(site)) {
                doesNotFoolTheHardProof(fault, site, plot);
            }
        }
    }

    private static void foolsTheNaiveProof(Fault fault, Site site, Plot plot) throws Exception {
        assertThat(fault.naive().saysNothingIsLeft(site, plot)).isTrue();
        plot.strike();
        assertThat(site.valuesUnderOldKey() + site.count(fault.strayValues())).isPositive();
    }

    private static void doesNotFoolTheHardProof(Fault fault, Site site, Plot plot) throws Exception {
        switch (fault.end()) {
            case WAITS -> waits(fault, site, plot);
            case REJECTS -> rejects(site, plot);
            case COUNTS -> counts(site, plot);
            case REFUSES -> refuses(fault, site);
            case VOIDS -> voids(fault, site, plot);
        }
    }

    private static void waits(Fault fault, Site site, Plot plot) throws Exception {
        ProofBlockedException blocked = catchThrowableOfType(
                ProofBlockedException.class, () -> site.rotation().proofs().takeHard(Site.OLD, SHORT));
        assertThat(blocked).hasMessageContaining(fault.blocker());
        assertThat(blocked.blockers()).hasSize(1);
        assertThat(site.rotation().proofs().fences())
                .extracting(fence -> fence.table())
                .doesNotContain("account");

        plot.strike();

        Proof proof = site.rotation().proofs().takeHard(Site.OLD, LONG);
        assertThat(proof.remaining()).isEqualTo(site.valuesUnderOldKey()).isEqualTo(1);
        assertThat(proof.holds()).isFalse();
        site.reencrypt();
        assertThat(site.rotation().proofs().takeHard(Site.OLD, LONG).holds()).isTrue();
        assertThat(site.valuesUnderOldKey()).isZero();
    }

    private static void rejects(Site site, Plot plot) throws Exception {
        Proof proof = site.rotation().proofs().takeHard(Site.OLD, LONG);
        assertThat(proof.holds()).isTrue();
        assertThat(proof.strength()).isEqualTo(ProofStrength.HARD);

        Throwable refusal = catchThrowable(plot::strike);

        assertThat(refusal).hasMessageContaining("A value sealed under a retired key was refused");
        if (refusal instanceof PSQLException e) {
            assertThat(e.getSQLState()).isEqualTo("RS001");
            assertThat(String.valueOf(e.getServerErrorMessage()))
                    .doesNotContain(HexFormat.of().formatHex(Site.OLD.header()))
                    .doesNotContain(Site.OLD.textPrefix());
        }
        assertThat(site.valuesUnderOldKey()).isZero();
        assertThat(site.latest().voidedBecause()).isEmpty();
        assertThat(site.latest().holds()).isTrue();
    }

    /** What strikes, strikes again and again while proofs are taken: none of them misses it. */
    private static void counts(Site site, Plot plot) throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Long> meanwhile = CompletableFuture.supplyAsync(() -> strikes(plot, isOver));
        try {
            for (int i = 0; i < PROOFS; i++) {
                Proof proof = site.rotation().proofs().takeHard(Site.OLD, LONG);
                assertThat(proof.remaining()).isEqualTo(1);
                assertThat(proof.holds()).isFalse();
            }
        } finally {
            isOver.set(true);
        }
        assertThat(meanwhile.join()).isGreaterThan(PROOFS);
        assertThat(site.valuesUnderOldKey()).isEqualTo(1);
    }

    private static long strikes(Plot plot, AtomicBoolean isOver) {
        long strikes = 0;
        try {
            for (; !isOver.get(); strikes++) {
                plot.strike();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return strikes;
    }

    private static void refuses(Fault fault, Site site) throws SQLException {
        assertThat(site.valuesUnderOldKey()).isPositive();
        try (KeyRotation rotation = site.rotationAs(fault.login())) {
            assertThatThrownBy(() -> rotation.proofs().takeHard(Site.OLD, LONG))
                    .isInstanceOf(ProofRefusedException.class)
                    .hasMessageContaining("Row security may hide rows of account from the role application");
            assertThatThrownBy(() -> rotation.proofs().take(Site.OLD)).hasMessageContaining("42501");
            assertThat(rotation.proofs().fences()).isEmpty();
        }
    }

    private static void voids(Fault fault, Site site, Plot plot) throws Exception {
        assertThat(site.rotation().proofs().takeHard(Site.OLD, LONG).holds()).isTrue();
        assertThat(site.latest().voidedBecause()).isEmpty();

        plot.strike();

        assertThat(site.valuesUnderOldKey() + site.count(fault.strayValues())).isPositive();
        assertThat(site.latest().isVoid()).isTrue();
        assertThat(site.latest().holds()).isFalse();
        assertThat(site.rotation().proofs().take(Site.OLD).remaining()).isPositive();
    }
}
