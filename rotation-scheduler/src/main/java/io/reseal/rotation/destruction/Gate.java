package io.reseal.rotation.destruction;

/**
 * One question about a key that is to be destroyed, and its answer.
 *
 * @param evidence what the answer rests on
 * @param remedy what would make it {@link Answer#MET}; empty unless it is {@link Answer#NOT_MET}
 */
public record Gate(Name name, Answer answer, String evidence, String remedy) {

    /** The questions. */
    public enum Name {
        /** Is its grace period over? */
        GRACE,
        /** Does a proof younger than a day say that no column holds a value under it? */
        PROOF,
        /** Did its last re-encryption leave no value as it was? */
        QUARANTINE,
        /** Has somebody attested for each declared file, session and signature store that it needs the key no more? */
        STORES,
        /** Does no lookup hash depend on it? */
        LOOKUP_HASHES,
        /** Has somebody attested for each declared cache that it was evicted? */
        CACHES,
        /** Has each declared consumer of change data acknowledged that it needs the key no more? */
        CONSUMERS,
        /** Is every retained backup younger than the last value under it, or have two people accepted what is lost? */
        BACKUPS,
        /** Do archives of keys hold it? */
        ARCHIVE,
        /** Has it waited in PENDING_DESTROY long enough? */
        WAITING_TIME,
        /** Have enough people agreed? */
        APPROVALS
    }

    /** How a question is answered. */
    public enum Answer {
        MET,
        /** Stands against the destruction. */
        NOT_MET,
        /** There is nothing that the question could be about, or it is not asked yet. */
        ABSENT
    }

    public static Gate met(Name name, String evidence) {
        return new Gate(name, Answer.MET, evidence, "");
    }

    public static Gate notMet(Name name, String evidence, String remedy) {
        return new Gate(name, Answer.NOT_MET, evidence, remedy);
    }

    public static Gate absent(Name name, String evidence) {
        return new Gate(name, Answer.ABSENT, evidence, "");
    }

    /** Whether it stands against the destruction. */
    public boolean isUnmet() {
        return answer == Answer.NOT_MET;
    }

    @Override
    public String toString() {
        return name + " " + answer + ": " + evidence + (remedy.isEmpty() ? "" : ". " + remedy);
    }
}
