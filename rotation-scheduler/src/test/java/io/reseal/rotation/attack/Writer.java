package io.reseal.rotation.attack;

import jakarta.persistence.OptimisticLockException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StaleStateException;
import org.jspecify.annotations.Nullable;

/**
 * One thread that writes through Hibernate: rows of its own, which nobody else writes but the engine, and hot rows, which
 * every writer wants. It remembers what it committed last.
 */
final class Writer implements Runnable {

    /** The rows that all writers share have the ids below. */
    static final long HOT = 10;

    private static final long NEW = 1_000_000;

    private final SessionFactory sessions;
    private final long slot;
    private final long slots;
    private final BooleanSupplier goesOn;
    private final Random random;
    private final List<Long> own = new ArrayList<>();
    private final Map<Long, Content> known = new HashMap<>();
    private final Map<Long, Integer> commits = new HashMap<>();
    private long count;

    Writer(SessionFactory sessions, long slot, long slots, BooleanSupplier goesOn) {
        this.sessions = sessions;
        this.slot = slot;
        this.slots = slots;
        this.goesOn = goesOn;
        this.random = new Random(slot);
        for (long id = HOT; id < Scene.ROWS; id++) {
            if (id % slots == slot) {
                own.add(id);
                known.put(id, Scene.initial(id));
            }
        }
    }

    Oracle oracle() {
        return new Oracle(known, commits);
    }

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            int dice = random.nextInt(100);
            if (dice < 15) {
                contend(random.nextLong(HOT));
            } else if (dice < 70) {
                update();
            } else if (dice < 80) {
                insert();
            } else if (dice < 85) {
                delete();
            } else {
                check(anyOwn());
            }
        }
    }

    /** Up to three rows in one transaction, in any order. */
    private void update() {
        Map<Long, Account> changed = new HashMap<>();
        sessions.inTransaction(session -> {
            for (int i = random.nextInt(3); i >= 0; i--) {
                Account account = session.find(Account.class, anyOwn());
                change(account);
                changed.put(account.id, account);
            }
        });
        changed.values().forEach(this::committed);
    }

    private void insert() {
        Account account = new Account(NEW + count * slots + slot);
        change(account);
        sessions.inTransaction(session -> session.persist(account));
        own.add(account.id);
        committed(account);
    }

    private void delete() {
        long id = anyOwn();
        sessions.inTransaction(session -> session.remove(session.find(Account.class, id)));
        own.remove(id);
        known.remove(id);
        commits.remove(id);
    }

    /** A reader never sees anything but what was committed last, whatever key it is sealed under. */
    private void check(long id) {
        Content seen = sessions.fromTransaction(
                session -> session.find(Account.class, id).content());
        if (!seen.equals(known.get(id))) {
            throw new AssertionError("row " + id + " held another value than was committed last");
        }
    }

    /** The last writer wins; who comes second by the row's version has to leave it. */
    private void contend(long id) {
        try {
            Account account = sessions.fromTransaction(session -> changed(session, id));
            committed(account);
        } catch (OptimisticLockException | StaleStateException e) {
            // another writer was faster, as it is meant to be
        }
    }

    private Account changed(Session session, long id) {
        Account account = session.find(Account.class, id);
        change(account);
        return account;
    }

    private void change(Account account) {
        count++;
        account.touched = Instant.EPOCH.plusSeconds(1 + count);
        switch (random.nextInt(4)) {
            case 0 -> account.secret = text();
            case 1 -> account.note = text();
            case 2 -> account.token = text();
            default -> {
                account.secret = text();
                account.note = text();
            }
        }
    }

    private @Nullable String text() {
        return random.nextInt(10) == 0 ? null : "€ş🦊 " + slot + "/" + count + " " + "x".repeat(random.nextInt(60));
    }

    private void committed(Account account) {
        known.put(account.id, account.content());
        commits.merge(account.id, 1, Integer::sum);
    }

    private long anyOwn() {
        return own.get(random.nextInt(own.size()));
    }
}
