package io.reseal.rotation.review;

import io.reseal.rotation.Person;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What people looked at in one quarter, as it was when it was read.
 *
 * @param quarter in UTC, for example {@code 2026-Q4}
 * @param due when the quarter is over
 * @param attested what people attested, in that order; never changed
 */
public record QuarterlyReview(String quarter, Instant due, List<Attested> attested) {

    public QuarterlyReview {
        attested = List.copyOf(attested);
    }

    /** What is looked at. */
    public enum Item {
        POLICIES(
                "Rotation schedules meet the security and regulatory requirements; changes of policies are known and meant"),
        ALGORITHMS("Algorithms and key lengths are strong enough, and the key store is protected as it should be"),
        DRILLS("An emergency was rehearsed, a restore was tried, and alerts reach people"),
        RISKS("Risks are assessed anew; what is open is accepted or has somebody who mends it"),
        DOCUMENTS(
                "Procedures and runbooks were read, and changed where incidents and rotations showed that they are wrong"),
        TRAINING("Everybody who has a role is trained for it, and certified again in time"),
        ACCESS("Whoever acted on keys had to, and nobody has a right that they do not need");

        private final String statement;

        Item(String statement) {
            this.statement = statement;
        }

        /** What is attested. */
        public String statement() {
            return statement;
        }
    }

    /** What a machine found about an item; {@code isFinding} if a person has to say something about it. */
    public record Line(boolean isFinding, String text) {}

    /**
     * A person's word.
     *
     * @param by the {@link Person}, as the audit log names them
     * @param statement what they found, in their words
     * @param checks what a machine had found then
     */
    public record Attested(String quarter, Item item, String by, Instant at, String statement, List<Line> checks) {

        public Attested {
            checks = List.copyOf(checks);
        }
    }

    /** Items that nobody has attested. */
    public Set<Item> missing() {
        Set<Item> missing = EnumSet.allOf(Item.class);
        attested.forEach(one -> missing.remove(one.item()));
        return missing;
    }

    /** When the last item was attested for the first time; empty as long as one is missing. */
    public Optional<Instant> completed() {
        return missing().isEmpty()
                ? EnumSet.allOf(Item.class).stream()
                        .map(item -> attested.stream()
                                .filter(one -> one.item() == item)
                                .map(Attested::at)
                                .min(Comparator.naturalOrder())
                                .orElseThrow())
                        .max(Comparator.naturalOrder())
                : Optional.empty();
    }
}
