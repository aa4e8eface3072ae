package io.reseal.examples.social;

import io.reseal.examples.social.People.Person;
import io.reseal.examples.social.WriterRecord.RowKey;
import io.reseal.examples.social.model.BlacklistedToken;
import io.reseal.examples.social.model.PaymentMethod;
import io.reseal.examples.social.model.SealedRow;
import io.reseal.examples.social.model.SocialAudit;
import io.reseal.examples.social.model.SocialConnection;
import io.reseal.examples.social.model.User;
import io.reseal.examples.social.model.UserCredential;
import io.reseal.examples.social.model.UserSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/** Fills the database with users and what they keep on the platform; the same seed gives the same values. */
final class Population {

    private static final long SEED = 20_261_122L;
    private static final int USERS_PER_TRANSACTION = 200;

    private final SessionFactory sessions;
    private final Fingerprints fingerprints;
    private final People people = People.of(SEED);

    Population(SessionFactory sessions, Fingerprints fingerprints) {
        this.sessions = sessions;
        this.fingerprints = fingerprints;
    }

    /** An inventor and the randomness that it draws from. */
    record Invention(Inventor inventor, RandomGenerator random) {}

    /** What a writer goes on to invent when the population stands. */
    Invention invention(int stream) {
        RandomGenerator random = new Random(SEED + stream);
        return new Invention(new Inventor(people, random), random);
    }

    /** Inserts the share's users with all their rows, in batches, and records every row that was committed. */
    void fill(Share share, WriterRecord record) {
        List<Long> batch = new ArrayList<>();
        share.userIds().forEach(id -> {
            batch.add(id);
            if (batch.size() == USERS_PER_TRANSACTION) {
                insert(batch, record);
                batch.clear();
            }
        });
        insert(batch, record);
    }

    private void insert(List<Long> userIds, WriterRecord record) {
        List<SealedRow> rows = new ArrayList<>();
        sessions.inTransaction(session -> userIds.forEach(id -> rows.addAll(insert(session, id))));
        rows.forEach(row -> record.committed(RowKey.of(row), fingerprints.of(row)));
    }

    private List<SealedRow> insert(Session session, long userId) {
        Inventor inventor = new Inventor(people, new Random(SEED ^ userId << 20));
        Person person = inventor.person();
        User user = new User(userId, "user-" + userId, person.language().tag());
        session.persist(user);
        List<SealedRow> rows = Stream.of(tokens(user, inventor), personal(user, person, inventor))
                .flatMap(List::stream)
                .toList();
        rows.forEach(session::persist);
        return rows;
    }

    private static List<SealedRow> tokens(User user, Inventor inventor) {
        List<SealedRow> rows = new ArrayList<>();
        rows.add(connection(user, inventor));
        if (inventor.chance(50)) {
            rows.add(connection(user, inventor));
        }
        rows.add(new UserCredential(user, inventor.apiKey(), inventor.totpSecret(), inventor.recoveryCodes()));
        if (inventor.chance(50)) {
            rows.add(new BlacklistedToken(inventor.uuid(), user, inventor.refreshToken(), inventor.uuid()));
        }
        return rows;
    }

    private static SocialConnection connection(User user, Inventor inventor) {
        return new SocialConnection(user, inventor.provider(), inventor.scopes(), inventor.tokens());
    }

    private static List<SealedRow> personal(User user, Person person, Inventor inventor) {
        List<String> devices = Stream.generate(inventor::device)
                .limit(inventor.chance(30) ? 2 : 1)
                .toList();
        return List.of(
                new UserSettings(user, inventor.profile(person), devices),
                inventor.chance(60)
                        ? PaymentMethod.byCard(user, inventor.card(person), inventor.amount())
                        : PaymentMethod.byTransfer(user, person.iban(), inventor.amount()),
                new SocialAudit(user, inventor.instant(), inventor.networkAddress(), inventor.auditDetail(person)));
    }
}
