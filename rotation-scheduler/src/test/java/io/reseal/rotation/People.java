package io.reseal.rotation;

import java.security.Principal;
import java.util.Map;
import java.util.Optional;

/** Logins of a host: Ann has two, and a machine has one. */
final class People {

    private static final Map<String, String> OWNERS =
            Map.of("ann", "1001", "ann-token", "1001", "bob", "1002", "cid", "1003", "dot", "1004");

    static final Authority SSO = new Authority("sso", login -> Optional.ofNullable(OWNERS.get(login.getName())));

    static final Person ANN = person("ann");
    static final Person BOB = person("bob");
    static final Person CID = person("cid");

    private People() {}

    static Person person(String login) {
        return SSO.person(login(login));
    }

    static Principal login(String name) {
        return () -> name;
    }
}
