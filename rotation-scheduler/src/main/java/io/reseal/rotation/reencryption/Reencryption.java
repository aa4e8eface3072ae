package io.reseal.rotation.reencryption;

import io.reseal.rotation.pace.Effort;
import io.reseal.rotation.pace.EffortPlan;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A run that re-encrypts every value under the retired versions of one key type, and this node's workers on it. Safe for
 * use by several threads.
 *
 * <p>The run lives in the database and is shared by every node that joins it: {@link #pause}, {@link #resume} and {@link
 * #cancel} take effect on all of them within one batch. A rotation of the key type while the run is open makes it begin
 * again with all versions that are retired then. A write of the application always wins over the run.
 */
public interface Reencryption extends AutoCloseable {

    RunId id();

    /** What those who started or joined the run took on, each as {@link Finding#acknowledgement()} has it. */
    Set<String> acknowledged();

    /** How far the run is now, over all nodes; asks the database. */
    Progress progress();

    /** Holds the run on every node; changes nothing unless it is running. */
    void pause();

    /** Lets a paused or failed run go on; changes nothing otherwise. Nodes whose workers were closed have to join again. */
    void resume();

    /** Changes how hard every node works on the run, within a second; changes nothing once it is over. */
    void effort(EffortPlan effort);

    /** As {@link #effort(EffortPlan)}, at all times. */
    default void effort(Effort effort) {
        effort(EffortPlan.always(effort));
    }

    /** Gives the run up on every node. What was re-encrypted stays so; a later run takes the rest. */
    void cancel();

    /**
     * Waits until the run has completed, failed or been cancelled, and at most {@code timeout}.
     *
     * @return the progress then; its state tells which it was
     */
    Progress await(Duration timeout);

    /** The soft proofs that ended the run, one per retired version; empty until the run has completed. */
    List<Proof> proofs();

    /** Stops this node's workers after the batch in hand; the run stays open for other nodes and for later. */
    @Override
    void close();
}
