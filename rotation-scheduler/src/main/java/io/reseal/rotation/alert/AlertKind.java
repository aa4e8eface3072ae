package io.reseal.rotation.alert;

import io.reseal.rotation.Alerts;

/** What alerts there are: how severe each is, what to do about it, and what ends it. */
public enum AlertKind {
    /** A key is taken to be in other hands, and is being replaced at once. */
    EMERGENCY_ROTATION(
            AlertSeverity.CRITICAL,
            Ending.STATED,
            "Follow the incident until its re-encryption is proved, and find out how the key became known"),
    /** Somebody other than Reseal wrote to the key store. */
    KEY_STORE_TAMPERED(
            AlertSeverity.CRITICAL,
            Ending.CAUSE_GONE,
            "Find out who wrote to the tables, and restore reseal_keystore, reseal_key and reseal_record together from one"
                    + " backup. Nothing is sealed until then"),
    /** The key store is an older copy of itself. */
    KEY_STORE_ROLLED_BACK(
            AlertSeverity.CRITICAL,
            Ending.CAUSE_GONE,
            "Put the newer copy back, or decide to go on from this one with recover(actor, reason). Nothing is sealed until"
                    + " then"),
    /** A node did not reach the key store or the KEK. */
    KEY_STORE_UNAVAILABLE(
            AlertSeverity.CRITICAL,
            Ending.CAUSE_GONE,
            "Check the database behind reseal.keystore and the KEK: a node without them seals nothing"),
    /** What remembers the key store's progress outside the database cannot be read or written. */
    ANCHOR_UNAVAILABLE(
            AlertSeverity.WARNING,
            Ending.CAUSE_GONE,
            "Give Reseal's user access to the file of reseal.anchor: until then a rollback of the key store may stay"
                    + " unnoticed"),
    /** A node's clock is behind what the key store has recorded. */
    CLOCK_BEHIND(
            AlertSeverity.WARNING,
            Ending.CAUSE_GONE,
            "Set the clock: grace periods and waiting times are measured by it"),
    /** More values of a column, or on a node, failed to open within a short time than can be chance. */
    FAILED_OPENINGS(
            AlertSeverity.CRITICAL,
            Ending.QUIET,
            "Find out who wrote the values or asks for them: this is what guessing, swapping or damaging of values looks like."
                    + " If a key may be in other hands, rotate it as an emergency"),
    /** A value was changed, cut short, or moved from another column. */
    TAMPERED_VALUE(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Find out who wrote to the column beside the application, and restore the value from a backup"),
    /** A value names a key that the key store does not hold. */
    UNKNOWN_KEY(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Find out where the value comes from. If its key was lost in a restore, restore the newer copy of the key store"),
    /** A value is stored that is not sealed. */
    PLAINTEXT_VALUE(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Find out who writes to the column beside the application, and encrypt it"),
    /** Somebody asked for a value under a suspended key. */
    SUSPENDED_KEY_USED(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Find out who still needs the value; lifting the suspension takes two people"),
    /** Somebody asked for a value under a key that waits for its destruction. */
    PENDING_DESTROY_KEY_USED(
            AlertSeverity.CRITICAL,
            Ending.QUIET,
            "Something still needs the key: cancel its destruction, re-encrypt the value, and prove the key again"),
    /** Somebody asked for a value under a destroyed key. */
    DESTROYED_KEY_USED(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "The value is lost: find out where it comes from (an old copy, a column outside the mapping), and remove it"),
    /** Values under a compromised key are opened: whoever has the key may have made them. */
    COMPROMISED_KEY_USED(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Finish the re-encryption of its key type; suspend the key if no value under it may be trusted"),
    /** Somebody asked for a value under a compromised key, where two people had such values refused. */
    COMPROMISED_KEY_REFUSED(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Find out who asks for the value, and where it comes from: whoever has the key may have made it. Write it anew from"
                    + " a source that you trust; allowing such values again takes two people"),
    /** A key's grace is over while values are left under it. */
    GRACE_OVER(
            AlertSeverity.WARNING,
            Ending.CAUSE_GONE,
            "Re-encrypt the key type; the key stays usable until nothing is left under it"),
    /** A notice did not reach people, and is not tried again by itself. */
    NOTIFICATION_FAILED(
            AlertSeverity.WARNING,
            Ending.STATED,
            "See AlertDelivery.deadLetters() for what did not get through and why, mend the channel, and call"
                    + " sendAgain(id, person, reason) for each"),
    /** A rotation was given up after several attempts. */
    ROTATION_FAILED(
            AlertSeverity.CRITICAL,
            Ending.STATED,
            "Mend what stopped it, and have it tried again with RotationEvents.retry: the key in use is older than its policy"
                    + " allows, or values are left under its predecessor"),
    /** A rotation has come to its end. */
    ROTATION_COMPLETED(
            AlertSeverity.INFORMATION,
            Ending.STATED,
            "Look with the weekly review whether values are left, and resolve it"),
    /** Values were sealed or opened much more often than is usual. */
    HIGH_USAGE(
            AlertSeverity.WARNING,
            Ending.QUIET,
            "Find out who asks for so much: this is also what copying a table looks like. If a key may be in other hands, rotate"
                    + " it as an emergency"),
    /** Values were sealed or opened much less often than is usual. */
    USAGE_CHANGED(
            AlertSeverity.INFORMATION,
            Ending.STATED,
            "See whether the application is down, or a part of it does not use its keys any more"),
    /** A key is kept, and nothing was done with it for weeks. */
    UNUSED_KEY(
            AlertSeverity.WARNING,
            Ending.STATED,
            "If the key is retired, prove that nothing is left under it and propose its destruction; if it is active, find out"
                    + " why the application does not seal under it"),
    /** Nearly as much was sealed under a key as its policy allows. */
    USAGE_LIMIT_NEAR(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Rotate the key type: with random nonces AES-GCM is not safe for more encryptions under one key"),
    /** Values were sealed under a key that is out of use. */
    RETIRED_KEY_SEALED(
            AlertSeverity.CRITICAL,
            Ending.QUIET,
            "Stop the node, and find out how it sealed without knowing the present keys. Re-encrypt the key type, and take the"
                    + " proofs of the key again"),
    /** Many values were opened under a key whose grace is over. */
    RETIRED_KEY_OPENED(
            AlertSeverity.WARNING, Ending.QUIET, "Find out who asks for old values, and re-encrypt the key type"),
    /** A key will be due soon. */
    KEY_DUE_SOON(
            AlertSeverity.INFORMATION,
            Ending.STATED,
            "See that the scheduler runs, or rotate the key type within the time that is left"),
    /** A key is in use for longer than its policy allows, by a quarter of the interval. */
    KEY_AGE_HIGH(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Rotate the key type, and find out why that did not happen by itself: see RotationEvents.open()"),
    /** A key is in use for longer than its policy allows, by half of the interval. */
    KEY_OVERDUE(
            AlertSeverity.CRITICAL,
            Ending.STATED,
            "Rotate the key type now, and find out why that did not happen by itself: see RotationEvents.open()"),
    /** The key store works, and something beside it does not. */
    KEY_STORE_IMPAIRED(AlertSeverity.WARNING, Ending.STATED, "Do what the evidence says; see KeyRotation.status()"),
    /** Keys could not be unwrapped: no node that starts now can open values. */
    KEK_UNAVAILABLE(
            AlertSeverity.CRITICAL,
            Ending.STATED,
            "Check that the KEK of reseal.kek or reseal.kek.file is there, that this node may use it, and that nobody has"
                    + " disabled it: nodes that run go on until they are restarted"),
    /** A task did not begin at its time, or failed. */
    TASK_NOT_DONE(
            AlertSeverity.WARNING,
            Ending.STATED,
            "See RotationScheduler.status() and the log of the node that it names; a scheduler has to be started on one node"
                    + " at least"),
    /** A rotation has waited for long, or nobody works on it any more. */
    ROTATION_DELAYED(
            AlertSeverity.WARNING,
            Ending.STATED,
            "See that a scheduler runs and is not paused, and whether the task execute_scheduled_key_rotations goes on"),
    /** A re-encryption is open, and does not go on. */
    REENCRYPTION_STALLED(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Join it with KeyRotation.reencrypt, or see why the rotation's execution has left it; one that failed goes on"
                    + " with Reencryption.resume()"),
    /** A re-encryption hardly gets on, because of how busy the database or the application is. */
    REENCRYPTION_HELD_BACK(
            AlertSeverity.WARNING,
            Ending.STATED,
            "See what the signal says about the database; give the run another effort or hour of the day (Reencryption.effort) if"
                    + " the load is to stay"),
    /** Nodes have not renewed their leases. */
    NODES_LAPSED(
            AlertSeverity.WARNING,
            Ending.STATED,
            "If they were killed, nothing is to be done: they are forgotten after a day. If they run, see why they do not reach"
                    + " the key store: they seal nothing"),
    /** A re-encryption left values as they are. */
    VALUES_QUARANTINED(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Find out who wrote them, restore them from a backup or remove them, and re-encrypt the key type again: the key"
                    + " cannot be destroyed before"),
    /** Sealed values stand in a column that no mapping declares: nobody re-encrypts them, and no proof counts them. */
    UNDECLARED_CIPHERTEXT(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Drop the column or the copy of the table, or declare it: map it with @Encrypted and the context of the column that the"
                    + " values come from. Once their key is destroyed they are lost"),
    /** What is sealed travels to the database in clear, and with it the login. */
    CONNECTION_IN_CLEAR(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Have the server and the URL or the data source of reseal.keystore use TLS, and verify the server's certificate (for"
                    + " example sslmode=verify-full)"),
    /** Notices about alerts leave this machine in clear. */
    NOTICES_IN_CLEAR(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Use https:// for webhooks, and starttls or implicit for reseal.alerts.mail.tls"),
    /** What the weekly cleanup did with keys whose grace is over. */
    CLEANUP_RESULTS(
            AlertSeverity.INFORMATION,
            Ending.STATED,
            "See with the weekly review what stands against the destruction of the keys that were left"),
    /** How the rotations and tasks of a week kept to their times. */
    SCHEDULE_ADHERENCE(
            AlertSeverity.INFORMATION, Ending.STATED, "See with the weekly review what was late or failed, and why"),
    /** A part of the health check could not be done. */
    HEALTH_UNKNOWN(AlertSeverity.WARNING, Ending.STATED, "Mend what the evidence names, and check again"),
    /** While a maintenance window was open, or after it, values under a key in use did not open. */
    CANARY_FAILED(
            AlertSeverity.CRITICAL,
            Ending.STATED,
            "Leave the re-encryption of the key type held, and open some values of the column with the application. If they do not open,"
                    + " restore them from the last backup; let the run go on once the cause is known"),
    /** The checks before or after a maintenance window found something. */
    MAINTENANCE_FINDINGS(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Read MaintenanceWindows.export(id), mend what it names, and note it in the window; move the window if it has not begun"),
    /** A quarter ends soon, and its review is not complete. */
    REVIEW_DUE(
            AlertSeverity.INFORMATION,
            Ending.STATED,
            "Have QuarterlyReviews.attest called for each item that is missing: see QuarterlyReviews.current()"),
    /** A quarter is over, and its review is not complete. */
    REVIEW_OVERDUE(
            AlertSeverity.WARNING,
            Ending.STATED,
            "Have QuarterlyReviews.attest called for the quarter and each item that is missing: see QuarterlyReviews.all()"),
    /** Raised by a newer release; its severity and remedy stand with the alert. */
    OF_NEWER_RELEASE(AlertSeverity.WARNING, Ending.STATED, "Upgrade Reseal on this node");

    /** What ends an alert. */
    public enum Ending {
        /** {@link Alerts#look} finds that its cause is gone. */
        CAUSE_GONE,
        /** Somebody has acknowledged it, and it was not raised again for a day. Silence alone ends no suspicion. */
        QUIET,
        /** Whoever raised it: Reseal with what it was raised for, a person by {@link Alerts#resolve}. */
        STATED
    }

    private final AlertSeverity severity;
    private final Ending ending;
    private final String remedy;

    AlertKind(AlertSeverity severity, Ending ending, String remedy) {
        this.severity = severity;
        this.ending = ending;
        this.remedy = remedy;
    }

    /** How soon somebody has to look. */
    public AlertSeverity severity() {
        return severity;
    }

    /** What ends it. */
    public Ending ending() {
        return ending;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }
}
