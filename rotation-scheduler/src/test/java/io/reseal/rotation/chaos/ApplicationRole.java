package io.reseal.rotation.chaos;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.attack.Mapping;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;

/**
 * An application with Hibernate, whose keys come through its own pool of connections. Orders: {@code go}, {@code halt},
 * {@code exhaust <ms>}. Arguments: the node's name, the journals' directory, its first slot, how many slots it
 * has, how many there are.
 */
final class ApplicationRole implements ChaosNode.Role {

    private static final int CONNECTIONS = 8;

    private final DataSource pool;
    private final SessionFactory sessions;
    private final Journal journal;
    private final Expectations expectations;
    private final List<SlotWriter.Slot> slots;
    private final List<SlotWriter> writers;
    private final AtomicBoolean goesOn = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    private ApplicationRole(
            DataSource pool,
            SessionFactory sessions,
            Journal journal,
            Expectations expectations,
            List<SlotWriter.Slot> slots) {
        this.pool = pool;
        this.sessions = sessions;
        this.journal = journal;
        this.expectations = expectations;
        this.slots = slots;
        this.writers = slots.stream().map(this::writer).toList();
    }

    static ApplicationRole start(Map<String, Object> settings, String[] arguments) throws IOException {
        int first = Integer.parseInt(arguments[2]);
        List<SlotWriter.Slot> slots = IntStream.range(first, first + Integer.parseInt(arguments[3]))
                .mapToObj(number -> new SlotWriter.Slot(number, Integer.parseInt(arguments[4])))
                .toList();
        ResealDatabase database = ResealDatabase.open(ResealSettings.from(settings), "app", CONNECTIONS);
        try {
            ApplicationRole role = start(settings, database.dataSource(), slots, arguments);
            role.go();
            return role;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static ApplicationRole start(
            Map<String, Object> settings, DataSource pool, List<SlotWriter.Slot> slots, String[] arguments)
            throws IOException {
        Map<String, Object> pooled = new HashMap<>(settings);
        pooled.keySet().removeIf(name -> name.startsWith("jakarta.persistence.jdbc."));
        pooled.put("jakarta.persistence.nonJtaDataSource", pool);
        SessionFactory sessions = Mapping.boot(pooled);
        Expectations expectations = SlotWriter.initially(slots);
        Path directory = Path.of(arguments[1]);
        String predecessors = arguments[0].substring(0, arguments[0].indexOf('.') + 1);
        Journal.readAll(directory, predecessors, expectations);
        return new ApplicationRole(pool, sessions, new Journal(directory, arguments[0]), expectations, slots);
    }

    private SlotWriter writer(SlotWriter.Slot slot) {
        return new SlotWriter(sessions, slot, journal, expectations, goesOn::get);
    }

    @Override
    public void obey(String[] order) throws Exception {
        switch (order[0]) {
            case "go" -> go();
            case "halt" -> halt();
            case "exhaust" -> exhaust(Long.parseLong(order[1]));
            default -> throw new IllegalArgumentException(order[0]);
        }
    }

    private void go() {
        goesOn.set(true);
        for (SlotWriter writer : writers) {
            Thread thread = new Thread(writer, "writer");
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void halt() throws InterruptedException {
        goesOn.set(false);
        for (Thread thread : threads) {
            thread.join();
        }
        threads.clear();
        ChaosNode.say("halted " + slots.size());
    }

    /** Takes whatever connection comes free, and gives none back before the time is over. */
    private void exhaust(long millis) throws SQLException, InterruptedException {
        List<Connection> taken = new ArrayList<>();
        try {
            while (taken.size() < CONNECTIONS) {
                taken.add(pool.getConnection());
            }
            ChaosNode.pause(millis);
        } finally {
            taken.forEach(ApplicationRole::giveBack);
        }
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            ChaosNode.complain(e);
        }
    }
}
