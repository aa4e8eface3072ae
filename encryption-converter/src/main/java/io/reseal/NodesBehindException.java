package io.reseal;

import java.util.List;

/**
 * A promotion was refused because nodes that seal have not yet taken note of the successor; nothing was changed. Repeat it once
 * they have: a node reads the keys once per refresh interval, and one that is silent drops out when its lease has run out.
 */
public final class NodesBehindException extends ResealException {

    private static final long serialVersionUID = 1L;

    private final long generation;

    /**
     * @param generation of the key store, of which they have to take note
     * @param names of the nodes
     */
    public NodesBehindException(long generation, List<String> names) {
        super(
                "The promotion waits for nodes that have not taken note of generation " + generation
                        + " of the key store: " + String.join(", ", names)
                        + ". Repeat it; a node that is silent drops out when its lease has run out",
                null);
        this.generation = generation;
    }

    /** Of which every live node has to take note before the promotion. */
    public long generation() {
        return generation;
    }
}
