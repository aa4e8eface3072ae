package io.reseal.rotation.internal.pace;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.reseal.rotation.pace.PaceOptions;
import io.reseal.rotation.pace.Signal;
import io.reseal.rotation.pace.SignalReading;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Who waits for a connection of the pool that the engine works with: Reseal's own, or the one that was handed over. */
final class PoolSignal {

    private final DataSource dataSource;

    PoolSignal(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    SignalReading reading(PaceOptions options) {
        Optional<HikariPoolMXBean> pool = pool();
        if (pool.isEmpty()) {
            return SignalReading.unavailable(
                    Signal.POOL_PENDING, "the data source is no HikariCP pool, which could be asked: a hook can");
        }
        int pending = pool.get().getThreadsAwaitingConnection();
        return SignalReading.of(
                Signal.POOL_PENDING,
                pending,
                options.threshold(Signal.POOL_PENDING),
                pending + " threads wait for one of " + pool.get().getTotalConnections() + " connections");
    }

    private Optional<HikariPoolMXBean> pool() {
        try {
            return dataSource.isWrapperFor(HikariDataSource.class)
                    ? Optional.ofNullable(
                            dataSource.unwrap(HikariDataSource.class).getHikariPoolMXBean())
                    : Optional.empty();
        } catch (SQLException e) {
            return Optional.empty();
        }
    }
}
