package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.IllegalTransitionException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeyTransitionsTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** The design's table, written down a second time. */
    private static final Set<String> LEGAL = Set.of(
            "PRE_ACTIVE>ACTIVE",
            "PRE_ACTIVE>COMPROMISED",
            "PRE_ACTIVE>DESTROYED",
            "ACTIVE>DEACTIVATED",
            "ACTIVE>SUSPENDED",
            "ACTIVE>COMPROMISED",
            "SUSPENDED>DEACTIVATED",
            "SUSPENDED>COMPROMISED",
            "DEACTIVATED>SUSPENDED",
            "DEACTIVATED>COMPROMISED",
            "DEACTIVATED>PENDING_DESTROY",
            "COMPROMISED>PENDING_DESTROY",
            "PENDING_DESTROY>DEACTIVATED",
            "PENDING_DESTROY>COMPROMISED",
            "PENDING_DESTROY>DESTROYED");

    static Stream<List<KeyState>> pairs() {
        return Arrays.stream(KeyState.values())
                .flatMap(from -> Arrays.stream(KeyState.values()).map(to -> List.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aPairIsLegalExactlyWhenTheDesignSaysSo(List<KeyState> pair) {
        boolean legal = LEGAL.contains(pair.get(0) + ">" + pair.get(1));
        assertThat(KeyTransitions.condition(pair.get(0), pair.get(1)).isPresent())
                .isEqualTo(legal);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void anIllegalMoveNamesTheKeyBothStatesAndWhatIsLegal(List<KeyState> pair) {
        KeyState from = pair.get(0);
        KeyState to = pair.get(1);
        if (!LEGAL.contains(from + ">" + to)) {
            assertThatThrownBy(() -> in(from).moved(to, NOW))
                    .isInstanceOf(IllegalTransitionException.class)
                    .hasMessageContainingAll("token_encryption version 1", "is " + from, "cannot become " + to)
                    .hasMessageContainingAll(from == KeyState.DESTROYED ? "goes nowhere" : "may become");
        }
    }

    @Test
    void whatWaitsForItsDestructionReturnsToItsOriginOnly() {
        KeyVersion compromised = in(KeyState.COMPROMISED).moved(KeyState.PENDING_DESTROY, NOW);
        assertThat(compromised.moved(KeyState.COMPROMISED, NOW).origin()).isEmpty();
        assertThatThrownBy(() -> compromised.moved(KeyState.DEACTIVATED, NOW))
                .isInstanceOf(IllegalTransitionException.class)
                .hasMessageContaining("may become COMPROMISED, DESTROYED");
    }

    @ParameterizedTest
    @EnumSource(names = {"SUSPENDED", "PENDING_DESTROY"})
    void aReturnKeepsTheMomentWhenTheVersionWasReplaced(KeyState detour) {
        KeyVersion away = in(KeyState.DEACTIVATED).moved(detour, NOW.plusSeconds(60));
        assertThat(away.moved(KeyState.DEACTIVATED, NOW.plusSeconds(120)).deactivated())
                .contains(NOW);
    }

    private static KeyVersion in(KeyState state) {
        KeyVersion created = KeyVersion.created(new KeyId(KeyType.TOKEN_ENCRYPTION, 1), NOW);
        return switch (state) {
            case PRE_ACTIVE -> created;
            case ACTIVE -> created.moved(KeyState.ACTIVE, NOW);
            case DEACTIVATED, SUSPENDED, COMPROMISED -> in(KeyState.ACTIVE).moved(state, NOW);
            case PENDING_DESTROY -> in(KeyState.DEACTIVATED).moved(state, NOW);
            case DESTROYED -> in(KeyState.PENDING_DESTROY).moved(state, NOW);
        };
    }
}
