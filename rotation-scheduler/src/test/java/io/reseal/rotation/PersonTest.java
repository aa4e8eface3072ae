package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PersonTest {

    private static Person named(String authority, String subject) {
        return new Authority(authority, login -> Optional.of(subject)).person(People.login("any"));
    }

    @Test
    void isOneForAllLoginsOfOneOwner() {
        assertThat(People.person("ann-token")).isEqualTo(People.ANN).hasSameHashCodeAs(People.ANN);
        assertThat(People.BOB).isNotEqualTo(People.ANN);
        assertThat(People.ANN).hasToString("sso:1001");
    }

    @Test
    void isOneWhateverTheCaseOrTheFormOfTheCharacters() {
        assertThat(named("sso", "ISTANBUL.INGE")).isEqualTo(named("sso", "istanbul.inge"));
        assertThat(named("sso", "\uff41nn ")).isEqualTo(named("sso", "ann"));
        assertThat(named("sso", "ann")).isNotEqualTo(named("sso", "anne"));
    }

    @Test
    void ofAnotherAuthorityMayBeTheSame() {
        assertThat(named("ldap", "9").mayBe(People.ANN)).isTrue();
        assertThat(named("ldap", "9")).isNotEqualTo(named("sso", "9"));
        assertThat(People.BOB.mayBe(People.ANN)).isFalse();
    }

    @Test
    void isNoMachine() {
        assertThatThrownBy(() -> People.person("nightly-job"))
                .isInstanceOf(ApprovalRefusedException.class)
                .hasMessageContaining("sso knows nobody behind this login");
    }

    @Test
    void isNeitherBlankNorBroken() {
        assertThatThrownBy(() -> named("sso", " ")).hasMessageContaining("is blank");
        assertThatThrownBy(() -> named("sso", "ann\nbob")).hasMessageContaining("control characters");
        assertThatThrownBy(() -> named("sso", "x".repeat(201))).hasMessageContaining("longer than 200");
        assertThatThrownBy(() -> named("Single Sign-On", "ann")).hasMessageContaining("does not match");
    }
}
