package io.reseal.internal.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AssociatedDataProperties {

    @Property
    void twoListsOfPartsNeverShareTheirBytes(@ForAll List<String> one, @ForAll List<String> other) {
        boolean sameBytes = Arrays.equals(bytes(one), bytes(other));
        assertThat(sameBytes).isEqualTo(one.equals(other));
    }

    private static byte[] bytes(List<String> parts) {
        return AssociatedData.of(parts.toArray(new String[0]));
    }
}
