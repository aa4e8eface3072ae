package io.reseal.rotation;

/** What is to be done about a compromised key, in the order of its {@link TimeBox}es. */
public enum IncidentStep {
    /** It was said which key is compromised. */
    IDENTIFY_KEY(TimeBox.IMMEDIATE, false),
    /** A critical alert was raised. */
    RAISE_ALERT(TimeBox.IMMEDIATE, false),
    /** No node seals under the compromised key any more. */
    ROTATE_KEY(TimeBox.IMMEDIATE, false),
    /** The values under the key were counted and, where rows have owners, those too. */
    COUNT_AFFECTED(TimeBox.IMMEDIATE, false),
    /** Somebody of the security team knows: {@link Incidents#notified}. */
    NOTIFY_SECURITY(TimeBox.IMMEDIATE, true),
    /** The re-encryption is under way at top priority. */
    START_REENCRYPTION(TimeBox.SHORT_TERM, false),
    /** The new key sealed a value and opened it again, and the compromised key was refused for sealing. */
    VERIFY_KEYS(TimeBox.SHORT_TERM, false),
    /** A person has judged, from audit log and numbers, what the compromise means and for whom. */
    ASSESS_IMPACT(TimeBox.SHORT_TERM, true),
    /** The re-encryption has worked off every row. */
    COMPLETE_REENCRYPTION(TimeBox.RECOVERY, false),
    /** A proof says that no value is left under the key. */
    PROVE_EMPTY(TimeBox.RECOVERY, false),
    /** Every value that was re-encrypted could be opened: none was left as it is. */
    CHECK_INTEGRITY(TimeBox.RECOVERY, false),
    /** A person has found out how it came about, who had access, and what has to change. */
    REVIEW_SECURITY(TimeBox.RECOVERY, true),
    /** A person has written down what is done differently from now on. */
    LEARN_LESSONS(TimeBox.RECOVERY, true),
    /** A person has decided who else has to be told, authorities and users included, and seen to it. */
    INFORM_OTHERS(TimeBox.RECOVERY, true);

    private final TimeBox box;
    private final boolean isForPeople;

    IncidentStep(TimeBox box, boolean isForPeople) {
        this.box = box;
        this.isForPeople = isForPeople;
    }

    public TimeBox box() {
        return box;
    }

    /** Whether only a person can say that it is done. */
    public boolean isForPeople() {
        return isForPeople;
    }
}
