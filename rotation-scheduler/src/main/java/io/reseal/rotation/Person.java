package io.reseal.rotation;

import java.text.Normalizer;
import java.util.Locale;

/**
 * A human being whom the host has authenticated. Only an {@link Authority} makes one, from a login: a name that somebody typed is
 * no person. Two logins or tokens of one owner are one person, and equal. Immutable.
 */
public final class Person {

    static final int MAX_SUBJECT = 200;

    private final String authority;
    private final String subject;
    private final String compared;

    Person(String authority, String subject) {
        if (subject.isBlank()
                || subject.length() > MAX_SUBJECT
                || subject.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("A person's subject at " + authority + " is blank, longer than "
                    + MAX_SUBJECT + " characters, or holds control characters");
        }
        this.authority = authority;
        this.subject = subject;
        this.compared = Normalizer.normalize(subject.strip(), Normalizer.Form.NFKC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    /** The name of the {@link Authority} that knows this person. */
    public String authority() {
        return authority;
    }

    /** The owner of the login, as the authority names them for good. */
    public String subject() {
        return subject;
    }

    /** Whether both could be one human being: persons of two authorities cannot be told apart. */
    boolean mayBe(Person other) {
        return !authority.equals(other.authority) || compared.equals(other.compared);
    }

    /** Subjects that differ in case or in compatible characters only are one: rather one person too few than one too many. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Person person && authority.equals(person.authority) && compared.equals(person.compared);
    }

    @Override
    public int hashCode() {
        return 31 * authority.hashCode() + compared.hashCode();
    }

    /** As the audit log names them: {@code authority:subject}. */
    @Override
    public String toString() {
        return authority + ":" + subject;
    }
}
