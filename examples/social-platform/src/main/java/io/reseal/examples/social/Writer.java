package io.reseal.examples.social;

import io.reseal.examples.social.RecordedTransactions.Outcome;
import io.reseal.examples.social.WriterRecord.RowKey;
import io.reseal.examples.social.model.BlacklistedToken;
import io.reseal.examples.social.model.SealedRow;
import io.reseal.examples.social.model.SocialAudit;
import io.reseal.examples.social.model.User;
import java.util.random.RandomGenerator;
import org.hibernate.Session;

/** Reads, changes, inserts and deletes rows of its own share of the users, one transaction at a time. For one thread. */
final class Writer {

    private static final int READS = 45;
    private static final int UPDATES = 45;
    private static final int INSERTS = 6;

    private final Share share;
    private final RecordedTransactions transactions;
    private final WriterRecord record;
    private final Inventor inventor;
    private final RandomGenerator random;

    Writer(Share share, RecordedTransactions transactions, WriterRecord record, Population.Invention invention) {
        this.share = share;
        this.transactions = transactions;
        this.record = record;
        this.inventor = invention.inventor();
        this.random = invention.random();
    }

    /** One transaction: of a hundred, 45 read, 45 update, 6 insert and 4 delete. */
    void act() {
        int dice = random.nextInt(100);
        if (dice < READS) {
            transactions.read(record.any(random));
        } else if (dice < READS + UPDATES) {
            RowKey key = record.any(random);
            transactions.change(session -> update(session, key));
        } else if (dice < READS + UPDATES + INSERTS) {
            transactions.change(this::insert);
        } else {
            RowKey key = record.any(random);
            transactions.change(session -> delete(session, key));
        }
    }

    private Outcome update(Session session, RowKey key) {
        SealedRow row = transactions.read(session, key).orElseThrow();
        new Revision(inventor).revise(row);
        return Outcome.saved(row);
    }

    private Outcome insert(Session session) {
        User user = session.getReference(User.class, share.any(random));
        SealedRow row = random.nextBoolean()
                ? new BlacklistedToken(inventor.uuid(), user, inventor.refreshToken(), inventor.uuid())
                : new SocialAudit(
                        user, inventor.instant(), inventor.networkAddress(), inventor.auditDetail(inventor.person()));
        session.persist(row);
        return Outcome.saved(row);
    }

    private Outcome delete(Session session, RowKey key) {
        SealedRow row = transactions.read(session, key).orElseThrow();
        session.remove(row);
        return Outcome.deleted(row);
    }
}
