package io.reseal.rotation.reencryption;

import io.reseal.ResealException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A hard proof gave up waiting for transactions that write to a table. Nothing is proved; tables that were fenced already
 * stay fenced, and the next attempt goes on from there.
 */
public final class ProofBlockedException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final transient List<Blocker> blockers;

    public ProofBlockedException(String table, List<Blocker> blockers) {
        super(message(table, blockers), null);
        this.blockers = List.copyOf(blockers);
    }

    /** Who was waited for last; empty if they had just ended. */
    public List<Blocker> blockers() {
        return blockers;
    }

    private static String message(String table, List<Blocker> blockers) {
        return "The table " + table + " could not be fenced, because transactions that write to it did not end:"
                + blockers.stream().map(blocker -> "\n  - " + blocker).collect(Collectors.joining())
                + "\nEnd them (commit, roll back, pg_terminate_backend; ROLLBACK PREPARED), and prove again";
    }
}
