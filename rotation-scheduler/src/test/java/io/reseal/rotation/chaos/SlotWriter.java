package io.reseal.rotation.chaos;

import io.reseal.rotation.attack.Account;
import io.reseal.rotation.attack.Content;
import io.reseal.rotation.attack.Scene;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.Transaction;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/**
 * One thread that writes through Hibernate, whatever happens: rows of its slot, which nobody else writes but the engine, and
 * hot rows, which every writer wants. Each transaction begins with a query, so that whatever it seals it seals after its
 * beginning.
 */
final class SlotWriter implements Runnable {

    /** The rows that all writers share have the ids below. */
    static final long HOT = 10;

    private static final long NEW = 1_000_000;
    private static final Duration AFTER_FAILURE = Duration.ofMillis(100);
    private static final int LONGEST_THOUGHT_MILLIS = 300;
    private static final int BREATH_MILLIS = 8;

    private final SessionFactory sessions;
    private final Slot slot;
    private final Journal journal;
    private final Expectations expectations;
    private final BooleanSupplier goesOn;
    private final Random random = new Random();
    private final List<Long> own;
    private long next;

    /** Every {@code slots}th row, from {@code number} on. */
    record Slot(int number, int slots) {

        boolean owns(long id) {
            return id >= HOT && id % slots == number;
        }
    }

    SlotWriter(SessionFactory sessions, Slot slot, Journal journal, Expectations expectations, BooleanSupplier goesOn) {
        this.sessions = sessions;
        this.slot = slot;
        this.journal = journal;
        this.expectations = expectations;
        this.goesOn = goesOn;
        this.own =
                new ArrayList<>(expectations.ids().stream().filter(slot::owns).toList());
        long free = own.stream().mapToLong(id -> id + slot.slots()).max().orElse(NEW);
        this.next = Math.max(free, NEW - NEW % slot.slots() + slot.slots() + slot.number());
    }

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            int dice = random.nextInt(100);
            if (dice < 15) {
                attempt(session -> List.of(changed(session, random.nextLong(HOT))), 0);
            } else if (dice < 65) {
                attempt(this::update, 0);
            } else if (dice < 75) {
                attempt(this::update, random.nextInt(LONGEST_THOUGHT_MILLIS));
            } else if (dice < 85) {
                attempt(this::insert, 0);
            } else if (dice < 90) {
                attempt(this::delete, 0);
            } else {
                attempt(this::look, 0);
            }
            rest(random.nextInt(BREATH_MILLIS));
        }
    }

    /** One transaction, of which the journal knows before the database does. */
    private void attempt(Function<Session, List<Expectations.Intent>> work, int thoughtMillis) {
        boolean wasAsked = false;
        List<Expectations.Intent> intents = List.of();
        long number = 0;
        try (Session session = sessions.openSession()) {
            Transaction transaction = session.beginTransaction();
            try {
                intents = work.apply(session);
                intents.forEach(expectations::intended);
                number = intents.isEmpty() ? 0 : journal.intended(intents);
                session.flush();
                rest(thoughtMillis);
                requireActive(session);
                wasAsked = true;
                transaction.commit();
                intents.forEach(expectations::committed);
                if (number > 0) {
                    journal.committed(number);
                }
            } catch (RuntimeException e) {
                quietlyRollBack(transaction);
                throw e;
            }
        } catch (RuntimeException e) {
            if (!wasAsked && number > 0) {
                intents.forEach(expectations::rolledBack);
                journal.rolledBack(number);
            }
            rest(AFTER_FAILURE.toMillis());
        }
    }

    /** After an error of the database, Hibernate finds nothing, and commits by rolling back, without a word. */
    private static void requireActive(Session session) {
        if (session.getTransaction().getStatus() != TransactionStatus.ACTIVE) {
            throw new IllegalStateException("the transaction is lost");
        }
    }

    private static void quietlyRollBack(Transaction transaction) {
        try {
            transaction.rollback();
        } catch (RuntimeException e) {
            // the connection is gone, and the transaction with it
        }
    }

    /** Up to three rows in one transaction, in any order. */
    private List<Expectations.Intent> update(Session session) {
        Map<Long, Expectations.Intent> intents = new TreeMap<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            long id = anyOwn();
            if (!intents.containsKey(id) && found(session, id) != null) {
                intents.put(id, changed(session, id));
            }
        }
        return List.copyOf(intents.values());
    }

    private Expectations.Intent changed(Session session, long id) {
        Account account = session.find(Account.class, id);
        requireActive(session);
        change(account);
        Content content = account.content();
        return new Expectations.Intent(id, content.version() + 1, later(content));
    }

    private static Content later(Content content) {
        return new Content(content.secret(), content.note(), content.token(), content.version() + 1, content.touched());
    }

    private List<Expectations.Intent> insert(Session session) {
        long id = next;
        next += slot.slots();
        own.add(id);
        Account before = session.find(Account.class, id);
        requireActive(session);
        if (before != null) {
            journal.violated("row " + id + " was there before it was written");
        }
        Account account = new Account(id);
        change(account);
        session.persist(account);
        return List.of(new Expectations.Intent(id, 0, account.content()));
    }

    private List<Expectations.Intent> delete(Session session) {
        long id = anyOwn();
        Account account = found(session, id);
        if (account == null) {
            return List.of();
        }
        session.remove(account);
        own.remove(id);
        return List.of(new Expectations.Intent(id, account.version + 1, null));
    }

    private List<Expectations.Intent> look(Session session) {
        found(session, anyOwn());
        return List.of();
    }

    /** A reader never sees anything but what may be, whatever key it is sealed under. */
    private @Nullable Account found(Session session, long id) {
        Account account = session.find(Account.class, id);
        requireActive(session);
        if (!expectations.allows(id, account == null ? null : account.content())) {
            journal.violated(Instant.now() + " row " + id + " held what nobody had written, at version "
                    + (account == null ? "none" : account.version));
        }
        return account;
    }

    private void change(Account account) {
        account.touched = Instant.ofEpochSecond(random.nextInt(Integer.MAX_VALUE));
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
        return random.nextInt(10) == 0 ? null : "€ş🦊 " + random.nextLong() + " " + "x".repeat(random.nextInt(60));
    }

    private long anyOwn() {
        return own.get(random.nextInt(own.size()));
    }

    private static void rest(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Every row of the scene that nobody has written to. */
    static Expectations initially(Collection<Slot> slots) {
        Expectations expectations = new Expectations();
        for (long id = 0; id < Scene.ROWS; id++) {
            long row = id;
            if (id < HOT || slots.stream().anyMatch(slot -> slot.owns(row))) {
                expectations.initially(id, Scene.initial(id));
            }
        }
        return expectations;
    }
}
