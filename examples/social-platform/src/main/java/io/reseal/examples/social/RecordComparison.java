package io.reseal.examples.social;

import io.reseal.examples.social.WriterRecord.RowKey;
import io.reseal.examples.social.model.BlacklistedToken;
import io.reseal.examples.social.model.PaymentMethod;
import io.reseal.examples.social.model.SealedRow;
import io.reseal.examples.social.model.SocialAudit;
import io.reseal.examples.social.model.SocialConnection;
import io.reseal.examples.social.model.UserCredential;
import io.reseal.examples.social.model.UserSettings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.query.SelectionQuery;
import org.jspecify.annotations.Nullable;

/**
 * Reads every row of every entity through Hibernate, in sessions of its own, and compares it with what its writer
 * committed last. While the writers are paused, every row is either equal or wrong. For one thread.
 */
final class RecordComparison {

    private static final List<Class<? extends SealedRow>> ENTITIES = List.of(
            SocialConnection.class,
            UserCredential.class,
            BlacklistedToken.class,
            UserSettings.class,
            PaymentMethod.class,
            SocialAudit.class);
    private static final int PAGE = 1_000;
    private static final int SEARCHED_ROWS = 5_000;

    private final SessionFactory sessions;
    private final Fingerprints fingerprints;
    private final List<WriterRecord> records;
    private final Plaintexts plaintexts = new Plaintexts();
    private long rows;
    private long values;
    private long differences;
    private String firstDifference = "";

    RecordComparison(SessionFactory sessions, Fingerprints fingerprints, List<WriterRecord> records) {
        this.sessions = sessions;
        this.fingerprints = fingerprints;
        this.records = records;
    }

    Check check() {
        ENTITIES.forEach(this::readAll);
        long recorded = records.stream().mapToLong(WriterRecord::size).sum();
        boolean passed = differences == 0 && rows == recorded;
        return new Check(
                "every row reads as its writer committed it last",
                passed,
                passed
                        ? String.format(Locale.ROOT, "%,d rows, %,d values", rows, values)
                        : String.format(
                                Locale.ROOT,
                                "%,d rows differ%s; read %,d rows of %,d recorded",
                                differences,
                                firstDifference,
                                rows,
                                recorded));
    }

    /** Texts from a sample of the rows that were read. */
    Plaintexts plaintexts() {
        return plaintexts;
    }

    private <T extends SealedRow> void readAll(Class<T> entity) {
        Object last = null;
        List<T> page;
        do {
            page = page(entity, Optional.ofNullable(last));
            last = page.isEmpty() ? null : page.get(page.size() - 1).getId();
        } while (page.size() == PAGE);
    }

    private <T extends SealedRow> List<T> page(Class<T> entity, Optional<Object> after) {
        try (Session session = sessions.openSession()) {
            String condition = after.isPresent() ? " where r.id > :after" : "";
            SelectionQuery<T> query = session.createSelectionQuery(
                    "from " + entity.getSimpleName() + " r" + condition + " order by r.id", entity);
            after.ifPresent(id -> query.setParameter("after", id));
            List<T> page = query.setMaxResults(PAGE).getResultList();
            page.forEach(this::compare);
            return page;
        }
    }

    private void compare(SealedRow row) {
        RowKey key = RowKey.of(row);
        boolean equal = records.stream()
                .flatMap(record -> record.expected(key).stream())
                .anyMatch(fingerprints.of(row)::equals);
        rows++;
        values += row.secrets().size();
        if (!equal) {
            differences++;
            firstDifference = differences == 1 ? ", the first is " + key : firstDifference;
        }
        if (rows % sampling() == 0) {
            row.secrets().forEach(secret -> Leaves.visit(secret, this::remember));
        }
    }

    private long sampling() {
        return 1 + records.stream().mapToLong(WriterRecord::size).sum() / (SEARCHED_ROWS * (long) ENTITIES.size());
    }

    private void remember(@Nullable Object leaf) {
        if (leaf instanceof String text) {
            plaintexts.add(text);
        }
    }
}
