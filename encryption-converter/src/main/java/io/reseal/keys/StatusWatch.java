package io.reseal.keys;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners of a node's status when it has changed. For one thread that looks, and any that listen. */
final class StatusWatch {

    private static final Logger LOG = LoggerFactory.getLogger(StatusWatch.class);

    private final Supplier<KeyStoreStatus> status;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    StatusWatch(Supplier<KeyStoreStatus> status) {
        this.status = status;
    }

    /** Hears of the present status with the next look. */
    void add(Consumer<KeyStoreStatus> listener) {
        listeners.add(new Listener(listener));
    }

    void look() {
        if (!listeners.isEmpty()) {
            KeyStoreStatus now = status.get();
            listeners.forEach(listener -> listener.tell(now));
        }
    }

    /** One listener, and what it heard last. */
    private static final class Listener {

        private final Consumer<KeyStoreStatus> target;
        private KeyStoreStatus heard =
                new KeyStoreStatus(-1, KeyStoreStatus.Rollback.NOT_DETECTABLE, KeyStoreStatus.Lease.NONE, List.of());

        Listener(Consumer<KeyStoreStatus> target) {
            this.target = target;
        }

        private void tell(KeyStoreStatus now) {
            if (heard.generation() >= 0 && isNoNews(now)) {
                return;
            }
            try {
                target.accept(now);
                heard = now;
            } catch (RuntimeException e) {
                LOG.warn("A listener to the status of the key store failed; it is told again", e);
            }
        }

        private boolean isNoNews(KeyStoreStatus now) {
            return heard.rollback() == now.rollback()
                    && heard.lease() == now.lease()
                    && withoutNumbers(heard).equals(withoutNumbers(now));
        }

        /** Some problems say how old something is by now. */
        private static List<String> withoutNumbers(KeyStoreStatus status) {
            return status.problems().stream()
                    .map(problem -> problem.replaceAll("\\d", ""))
                    .toList();
        }
    }
}
