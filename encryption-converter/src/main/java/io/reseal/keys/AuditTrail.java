package io.reseal.keys;

import io.reseal.ResealException;
import io.reseal.keys.spi.KeyStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the audit log what is no transition: who was refused something, what was done beside the keys, and what was counted on the data path. Safe for use by
 * several threads.
 */
public final class AuditTrail {

    private static final Logger LOG = LoggerFactory.getLogger(AuditTrail.class);
    private static final String SYSTEM = "reseal";
    private static final String REFUSE = "refuse-";

    private final KeyStore store;

    AuditTrail(KeyStore store) {
        this.store = store;
    }

    /**
     * Records that somebody asked for something and was refused; for the place that refuses, in front of its {@code throw}. The
     * entry's action is {@code refuse-} and the action that was asked for, its detail is the refusal's message. A log that does not
     * answer changes nothing about the refusal: its exception is suppressed in the refusal.
     *
     * @param subject what it was to be done to, for example {@code token_encryption version 7}
     * @param asked who asked for what, and why
     * @return {@code refusal}
     */
    public <E extends ResealException> E refused(String subject, AuditEntry asked, E refusal) {
        try {
            AuditEntry entry = new AuditEntry(asked.actor(), REFUSE + asked.action(), asked.reason());
            store.note(subject, entry.telling(String.valueOf(refusal.getMessage())));
        } catch (RuntimeException e) {
            LOG.error(
                    "That {} was refused to {} on {} is not in the audit log",
                    asked.action(),
                    asked.actor(),
                    subject,
                    e);
            refusal.addSuppressed(e);
        }
        return refusal;
    }

    /**
     * Records what was done to something that is no key; for the place that does it, in front of its commit: nothing is done that the
     * log does not tell of.
     *
     * @param subject what it was done to, for example {@code alert 7}
     * @throws io.reseal.KeyStoreUnavailableException if the key store does not answer: do not do it
     */
    public void did(String subject, AuditEntry entry) {
        store.note(subject, entry);
    }

    /**
     * Records what was counted.
     *
     * @throws io.reseal.KeyStoreUnavailableException if the key store does not answer: count on, and try again
     */
    public void counted(DataPathCount count) {
        store.note(
                count.subject(),
                new AuditEntry(SYSTEM, count.what().action(), "counted on the data path", count.detail()));
    }
}
