package io.reseal.rotation;

import java.security.Principal;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Where the host knows its people from, for example its single sign-on. A host has one, made where it authenticates:
 *
 * <pre>{@code
 * Authority sso = new Authority("sso", login -> accounts.find(login.getName()).map(Account::personnelNumber));
 * Person person = sso.person(request.getUserPrincipal());
 * }</pre>
 *
 * <p>An approval counts only beside a request of the same authority: two of them cannot tell whether they know the same human being.
 * Safe for use by several threads if its function is.
 */
public final class Authority {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9.-]{0,49}");

    private final String name;
    private final Function<? super Principal, Optional<String>> owner;

    /**
     * @param name 1 to 50 lower-case letters, digits, full stops and hyphens, first a letter; stays for good
     * @param owner finds, for what the container or the token filter has authenticated, the human being behind it, by a name that
     *     stays for good and is the same for all logins and tokens of one owner; empty for machines and for whom it does not know
     */
    public Authority(String name, Function<? super Principal, Optional<String>> owner) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("The authority '" + name + "' does not match " + NAME.pattern());
        }
        this.name = name;
        this.owner = owner;
    }

    /**
     * The human being behind a login.
     *
     * @throws ApprovalRefusedException if there is none
     */
    public Person person(Principal login) {
        return new Person(
                name,
                owner.apply(login)
                        .orElseThrow(() -> new ApprovalRefusedException("The authority " + name
                                + " knows nobody behind this login: machines ask for nothing and approve nothing."
                                + " Log in as a person")));
    }
}
