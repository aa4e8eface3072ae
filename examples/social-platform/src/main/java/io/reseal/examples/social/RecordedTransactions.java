package io.reseal.examples.social;

import io.reseal.examples.social.Fingerprints.Fingerprint;
import io.reseal.examples.social.WriterRecord.RowKey;
import io.reseal.examples.social.model.SealedRow;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;

/**
 * One writer's transactions, each on one row, with its record kept in step: the record moves only after a commit. When a
 * commit fails the outcome is unknown until the row is read again: then it must be in the old state or in the new one.
 */
final class RecordedTransactions {

    private final SessionFactory sessions;
    private final Fingerprints fingerprints;
    private final WriterRecord record;
    private final Tally tally;

    RecordedTransactions(SessionFactory sessions, Fingerprints fingerprints, WriterRecord record, Tally tally) {
        this.sessions = sessions;
        this.fingerprints = fingerprints;
        this.record = record;
        this.tally = tally;
    }

    /** The row that a transaction leaves behind; without a row it was deleted. */
    record Outcome(RowKey key, Optional<SealedRow> row) {

        static Outcome saved(SealedRow row) {
            return new Outcome(RowKey.of(row), Optional.of(row));
        }

        static Outcome deleted(SealedRow row) {
            return new Outcome(RowKey.of(row), Optional.empty());
        }
    }

    /** Runs one transaction that changes one row, and records it. */
    void change(Function<Session, Outcome> work) {
        try (Session session = sessions.openSession()) {
            Transaction transaction = session.beginTransaction();
            Outcome outcome = beforeCommit(session, transaction, work);
            Optional<Fingerprint> after = outcome.row().map(fingerprints::of);
            try {
                transaction.commit();
            } catch (RuntimeException e) {
                settle(outcome.key(), after);
                throw e;
            }
            remember(outcome.key(), after);
            tally.changed();
        }
    }

    /** Reads the row in a transaction of its own and compares it with the record. */
    void read(RowKey key) {
        sessions.inTransaction(session -> read(session, key));
        tally.read();
    }

    /** Reads the row and compares it with the record; a missing row is a fault. */
    Optional<SealedRow> read(Session session, RowKey key) {
        Optional<SealedRow> row = Optional.ofNullable(session.find(key.entity(), key.id()));
        if (!row.map(fingerprints::of).equals(record.expected(key))) {
            tally.fault(key + " did not read as it was written");
        }
        return row;
    }

    private static Outcome beforeCommit(Session session, Transaction transaction, Function<Session, Outcome> work) {
        try {
            Outcome outcome = work.apply(session);
            session.flush();
            return outcome;
        } catch (RuntimeException e) {
            transaction.rollback();
            throw e;
        }
    }

    private void settle(RowKey key, Optional<Fingerprint> after) {
        Optional<Fingerprint> stored = sessions.fromTransaction(session ->
                Optional.ofNullable(session.find(key.entity(), key.id())).map(fingerprints::of));
        if (stored.equals(after)) {
            remember(key, after);
        } else if (!stored.equals(record.expected(key))) {
            tally.fault(key + " is neither in its old nor in its new state after a failed commit");
        }
    }

    private void remember(RowKey key, Optional<Fingerprint> fingerprint) {
        fingerprint.ifPresentOrElse(value -> record.committed(key, value), () -> record.deleted(key));
    }
}
