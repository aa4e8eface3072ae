package io.reseal.examples.social;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.examples.social.model.Address;
import io.reseal.examples.social.model.SealedRow;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FingerprintsTest {

    private final Fingerprints fingerprints = new Fingerprints(new SecureRandom());

    @Test
    void isTheSameForEqualContents() {
        assertThat(fingerprints.of(row(0, "ığ", new byte[] {1, 2}, null, List.of("a"))))
                .isEqualTo(fingerprints.of(row(0, "ığ", new byte[] {1, 2}, null, List.of("a"))));
    }

    @Test
    void differsWhenAnythingDiffers() {
        List<SealedRow> different = List.of(
                row(0, "a", "b"),
                row(1, "a", "b"),
                row(0, "ab", ""),
                row(0, "a", null),
                row(0, "a", ""),
                row(0, "a", "null"),
                row(0, 1),
                row(0, 1L),
                row(0, "1"),
                row(0, new byte[] {1}),
                row(0, List.of("a", "b"), List.of()),
                row(0, List.of("a"), List.of("b")),
                row(0, new Address("street", "postcode", "city", "country")),
                row(0, new Address("street", "postcode", "country", "city")));
        assertThat(different.stream().map(fingerprints::of)).doesNotHaveDuplicates();
    }

    @Test
    void differsUnderAnotherKey() {
        assertThat(new Fingerprints(new SecureRandom()).of(row(0, "a"))).isNotEqualTo(fingerprints.of(row(0, "a")));
    }

    private static SealedRow row(int version, @Nullable Object... secrets) {
        return new SealedRow() {
            @Override
            public Object getId() {
                return 1;
            }

            @Override
            public int getVersion() {
                return version;
            }

            @Override
            public List<@Nullable Object> secrets() {
                return Arrays.asList(secrets);
            }
        };
    }
}
