package io.reseal.rotation;

import io.reseal.keys.KeyState;
import io.reseal.rotation.reencryption.Proof;
import io.reseal.rotation.reencryption.RunId;
import io.reseal.rotation.reencryption.RunState;
import io.reseal.rotation.reencryption.TableProgress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An incident as it stands at a moment: what its exports are made from.
 *
 * @param at by the clock of the node that asked
 * @param state of the compromised key
 * @param steps every step, in order
 * @param run how the re-encryption stands; empty while there is none
 * @param proof the newest proof of the key since the incident's rotation; empty if there is none
 * @param missing what stands against closing it, each with its remedy
 */
public record IncidentReport(
        Incident incident,
        Instant at,
        KeyState state,
        List<StepReport> steps,
        Optional<RunReport> run,
        Optional<Proof> proof,
        List<String> missing) {

    /**
     * What nobody who reads a report of a compromise may overlook. Re-encryption opens what is there and seals it anew: it cannot tell
     * a value of the application from one that was made with the stolen key.
     */
    public static final String FORGERY_NOTICE =
            "Re-encryption turns a value that was forged under the stolen key into an authentic"
                    + " one under its successor. Whoever had the key and could write to the database may have placed such values:"
                    + " compare with what is known from elsewhere, from the first moment at which the key may have been known.";

    /** What the numbers of affected rows leave out. */
    public static final String SCOPE_NOTICE =
            "The numbers are of values that were under the key when they were counted. Values that"
                    + " were re-encrypted, replaced or deleted before are not in them, and backups and replicas that were copied while"
                    + " the key was in use can be read with it whatever is done to the database.";

    /**
     * How a re-encryption stands.
     *
     * @param failure what stopped it
     * @param quarantined values that it left as they are
     */
    public record RunReport(
            RunId id, RunState state, Optional<String> failure, List<TableProgress> tables, long quarantined) {}

    public IncidentReport {
        steps = List.copyOf(steps);
        missing = List.copyOf(missing);
    }
}
