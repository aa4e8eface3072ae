package io.reseal.benchmarks.rotation;

import io.reseal.benchmarks.stage.CustomerTable;
import io.reseal.benchmarks.stage.Database;
import io.reseal.benchmarks.stage.Server;

/** The databases that each contender gets a copy of. */
final class Templates {

    static final String RESEAL = "reseal";
    static final String PGCRYPTO = "pgcrypto";

    private static final String SMALL = "small";

    private Templates() {}

    /** Fills one of each kind with {@code rows} rows. */
    static void fill(Server server, long rows) {
        Database sealed = server.create(Variant.NO_INDEX.template(RESEAL));
        CustomerTable.create(sealed, rows);
        Database crypted = server.create(Variant.NO_INDEX.template(PGCRYPTO));
        crypted.execute("CREATE EXTENSION pgcrypto");
        CustomerTable.create(crypted, rows, Pgcrypto::sealed);
        index(server, RESEAL);
        index(server, PGCRYPTO);
    }

    /** Fills a smaller one, without indexes, and returns its name. */
    static String small(Server server, long rows) {
        CustomerTable.create(server.create(SMALL), rows);
        return SMALL;
    }

    private static void index(Server server, String sealed) {
        CustomerTable.index(server.copy(Variant.NO_INDEX.template(sealed), Variant.THREE_INDEXES.template(sealed)));
    }
}
