package io.reseal.rotation.review;

import java.time.LocalDate;
import java.time.Period;
import java.util.Optional;

/**
 * That somebody was trained for a role.
 *
 * @param person who was; 255 characters at most
 * @param on the day
 * @param hours that it took, one at least
 */
public record Training(Role role, String person, LocalDate on, int hours) {

    private static final int MAX_PERSON = 255;
    private static final int MAX_HOURS = 1_000;

    public Training {
        if (person.isBlank() || person.length() > MAX_PERSON) {
            throw new IllegalArgumentException(
                    "A training needs the person who was trained, in at most " + MAX_PERSON + " characters");
        }
        if (hours < 1 || hours > MAX_HOURS) {
            throw new IllegalArgumentException("A training of " + hours + " hours is none: it takes 1 to " + MAX_HOURS);
        }
    }

    /** Who has to be trained, in what, and how often. */
    public enum Role {
        /** Eight hours at first, four each year; a drill each quarter. */
        SECURITY(
                8,
                4,
                Optional.of(Period.ofYears(1)),
                "key management, the procedures as they are, and a drill of an emergency each quarter"),
        /** Two hours. */
        OPERATIONS(
                2,
                2,
                Optional.empty(),
                "what rotations do to the application, what alerts mean, and who is called when"),
        /** What it takes. */
        DEVELOPMENT(
                1, 1, Optional.empty(), "how the keys are called and tested, and what a change may do to a rotation");

        private final int first;
        private final int again;
        private final Optional<Period> each;
        private final String content;

        Role(int first, int again, Optional<Period> each, String content) {
            this.first = first;
            this.again = again;
            this.each = each;
            this.content = content;
        }

        /** Hours that the first training takes at least. */
        public int firstHours() {
            return first;
        }

        /** Hours that each later one takes at least. */
        public int laterHours() {
            return again;
        }

        /** After how long it is due again; empty if never. */
        public Optional<Period> recertification() {
            return each;
        }

        /** What it is about. */
        public String content() {
            return content;
        }
    }

    /** When it is due again; empty if never. */
    public Optional<LocalDate> dueAgain() {
        return role.recertification().map(on::plus);
    }
}
