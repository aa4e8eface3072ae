package io.reseal.rotation.internal.reencrypt;

import io.reseal.rotation.internal.jdbc.LockWait;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;

/**
 * Says which process goes on with an open incident, so that not all of them count and re-encrypt the same. Nothing is safe because of it:
 * two that hold one at once do the same work twice.
 */
public final class IncidentClaims {

    /** So long after its last sign another one takes over. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    private static final LockWait PATIENCE = new LockWait(Duration.ofSeconds(2));

    private final Jdbi jdbi;
    private final String holder;
    private volatile boolean hasTaken;

    IncidentClaims(Jdbi jdbi) {
        this.jdbi = jdbi;
        this.holder = UUID.randomUUID().toString();
    }

    /** Whether it is this process that goes on with an incident, for a lease from now. */
    public boolean take(String incident) {
        boolean isTaken = inTransaction(handle -> isRenewed(handle, incident) || isNew(handle, incident));
        if (isTaken) {
            hasTaken = true;
        }
        return isTaken;
    }

    /** One that reaches further than a lease was not written here: nobody is kept out for ever. */
    private boolean isRenewed(Handle handle, String incident) {
        return handle.createUpdate("""
                        UPDATE reseal_incident_claim SET holder = :holder, claimed_until = <after_millis>
                        WHERE incident = :incident
                          AND (holder = :holder OR claimed_until < <now> OR claimed_until > <after_millis>)
                        """)
                        .bind("incident", incident)
                        .bind("holder", holder)
                        .bind("millis", LEASE.toMillis())
                        .execute()
                == 1;
    }

    private boolean isNew(Handle handle, String incident) {
        long present = handle.createQuery("SELECT COUNT(*) FROM reseal_incident_claim WHERE incident = :incident")
                .bind("incident", incident)
                .mapTo(Long.class)
                .one();
        if (present == 0) { // of two that come here at once, one violates the primary key
            handle.createUpdate("INSERT INTO reseal_incident_claim (incident, holder, claimed_until)"
                            + " VALUES (:incident, :holder, <after_millis>)")
                    .bind("incident", incident)
                    .bind("holder", holder)
                    .bind("millis", LEASE.toMillis())
                    .execute();
        }
        return present == 0;
    }

    /** Lets others go on at once with what this process has claimed. */
    public void release() {
        if (hasTaken) {
            inTransaction(handle -> handle.createUpdate("DELETE FROM reseal_incident_claim WHERE holder = :holder")
                    .bind("holder", holder)
                    .execute());
        }
    }

    private <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.<T, SQLException>inTransaction(
                    handle -> PATIENCE.bound(handle.getConnection(), () -> work.withHandle(handle)));
        } catch (SQLException e) {
            throw new EngineSqlException(e);
        }
    }
}
