package io.reseal.rotation.chaos;

/** What can go wrong, and how often in relation to the others. */
enum Fault {
    /** SIGKILL, and a new node in its place. */
    KILL_ENGINE(4),
    KILL_APPLICATION(2),
    KILL_OPERATOR(1),
    /** SIGSTOP inside an open transaction, beyond every lease in use; SIGCONT. */
    FREEZE_ENGINE(4),
    FREEZE_APPLICATION(4),
    /** Every session is cut off, everything committed is kept. */
    RESTART_DATABASE(1),
    /** As in a power failure: the server recovers from its log. */
    CRASH_DATABASE(1),
    /** Every connection of an application's pool, which its keys come through as well. */
    EXHAUST_POOL(2),
    /** Every connection that the server gives to roles without special rights. */
    EXHAUST_SERVER(1),
    LOCK_ROWS(3),
    /** Nothing arrives any more, and nobody hears of it; the connections break only later. */
    STALL_NETWORK(2),
    RESET_NETWORK(2),
    PAUSE_RUN(2),
    CANCEL_RUN(2),
    ROTATE(6),
    /** A rotation whose operator died before it could tell the run. */
    ROTATE_SILENTLY(6),
    /** An engine sleeps with sealed values in hand until another has its range, and wakes beside it. */
    WAKE_OVERTAKEN(0),
    /** The same, while the key that it sealed them under is retired and nobody can tell the run. */
    WAKE_AFTER_RETIREMENT(0),
    /** An application sleeps through a rotation, and wakes when nobody can read the keys. */
    WAKE_WITHOUT_LEASE(0);

    /** Zero for what is brought about once, before anything else goes wrong. */
    final int weight;

    Fault(int weight) {
        this.weight = weight;
    }
}
