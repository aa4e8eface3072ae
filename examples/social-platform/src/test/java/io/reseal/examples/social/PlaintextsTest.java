package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlaintextsTest {

    private final Plaintexts plaintexts = new Plaintexts();

    @Test
    void occurAnywhereInAValue() {
        plaintexts.add("sk_live_0123456789");
        plaintexts.add("京都で写真を撮っています");
        assertThat(occurIn("sk_live_0123456789")).isTrue();
        assertThat(occurIn("before sk_live_0123456789")).isTrue();
        assertThat(occurIn("sk_live_0123456789 after")).isTrue();
        assertThat(occurIn("x京都で写真を撮っていますx")).isTrue();
    }

    @Test
    void doNotOccurInPart() {
        plaintexts.add("sk_live_0123456789");
        assertThat(occurIn("sk_live_012345678")).isFalse();
        assertThat(occurIn("sk_live_")).isFalse();
        assertThat(occurIn("")).isFalse();
    }

    @Test
    void leaveOutWhatIsTooShortAndWhatIsKnown() {
        plaintexts.add("EVERYONE");
        plaintexts.add("sk_live_0123456789");
        plaintexts.add("sk_live_0123456789");
        assertThat(plaintexts.size()).isEqualTo(1);
        assertThat(occurIn("EVERYONE")).isFalse();
    }

    private boolean occurIn(String value) {
        return plaintexts.occurIn(value.getBytes(StandardCharsets.UTF_8));
    }
}
