package io.reseal.examples.social;

import java.util.Optional;

/** Which database the demo runs on. */
sealed interface DatabaseChoice {

    /** An embedded H2 database in a file of its own. */
    record H2() implements DatabaseChoice {}

    /** An embedded PostgreSQL server with a data directory of its own. */
    record Postgres() implements DatabaseChoice {}

    /** A database that is there already. */
    record Url(String url, Optional<String> user, Optional<String> password) implements DatabaseChoice {

        @Override
        public String toString() {
            return "Url[" + url.split("[?;]", 2)[0] + "]";
        }
    }
}
