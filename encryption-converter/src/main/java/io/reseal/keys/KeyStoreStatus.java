package io.reseal.keys;

import java.util.List;

/**
 * How this node stands to its key store.
 *
 * @param generation of the keys that this node uses
 * @param rollback whether an older copy of the key store would be noticed
 * @param lease whether this node may seal as far as the other nodes are concerned
 * @param problems each names what is wrong and the remedy; empty if all is well
 */
public record KeyStoreStatus(long generation, Rollback rollback, Lease lease, List<String> problems) {

    public KeyStoreStatus {
        problems = List.copyOf(problems);
    }

    /** Whether an older copy of the key store would be noticed. */
    public enum Rollback {
        /** An anchor outside the database remembers how far the key store has come. */
        DETECTABLE("rollback detectable"),
        /** There is no anchor: only a process that has seen the newer copy would notice. */
        NOT_DETECTABLE("rollback not detectable"),
        /** The key store is older than what is known of it. */
        ROLLED_BACK("rolled back");

        private final String text;

        Rollback(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
    /** How this node stands among the {@link KeyNodes}. */
    public enum Lease {
        /** It has not sealed yet: it is no node, and no promotion waits for it. */
        NONE("seals nothing yet"),
        /** It may seal, and promotions wait for it. */
        RUNNING("lease running"),
        /** It refuses to seal until it reaches the key store. */
        LAPSED("lease lapsed"),
        /** It was closed, and seals nothing any more. */
        CLOSED("closed");

        private final String text;

        Lease(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
