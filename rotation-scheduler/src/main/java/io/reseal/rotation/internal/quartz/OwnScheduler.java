package io.reseal.rotation.internal.quartz;

import io.reseal.database.DatabaseProduct;
import io.reseal.database.ResealDatabase;
import java.util.Properties;
import java.util.UUID;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.SchedulerRepository;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.StdJDBCDelegate;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.utils.DBConnectionManager;

/** Makes a scheduler of Reseal's own, which shares its tables with those of the other nodes. */
final class OwnScheduler {

    /** What all nodes of one database have in common; the scripts insert the rows of that name. */
    private static final String NAME = "reseal";

    private static final String THREADS = "5";
    private static final String CHECK_IN_MILLIS = "5000";

    private OwnScheduler() {}

    /** Creates the tables where that is allowed, and verifies them; fires nothing yet. */
    static Scheduler open(ResealDatabase database, Pulse pulse) throws SchedulerException {
        database.install(SchedulerSchema.SCHEMA);
        String node = UUID.randomUUID().toString();
        DBConnectionManager.getInstance().addConnectionProvider(node, new PoolConnections(database, pulse));
        return unregistered(new StdSchedulerFactory(properties(node, database.product())));
    }

    /** Quartz keeps one scheduler of a name for each JVM, where another application's may be. */
    private static Scheduler unregistered(StdSchedulerFactory factory) throws SchedulerException {
        synchronized (OwnScheduler.class) {
            SchedulerRepository.getInstance().remove(NAME);
            Scheduler scheduler = factory.getScheduler();
            SchedulerRepository.getInstance().remove(NAME);
            return scheduler;
        }
    }

    private static Properties properties(String node, DatabaseProduct product) {
        Properties all = new Properties();
        all.setProperty("org.quartz.scheduler.instanceName", NAME);
        all.setProperty("org.quartz.scheduler.instanceId", node);
        all.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        all.setProperty("org.quartz.scheduler.makeSchedulerThreadDaemon", "true");
        all.setProperty("org.quartz.scheduler.interruptJobsOnShutdown", "true");
        all.setProperty("org.quartz.threadPool.class", SimpleThreadPool.class.getName());
        all.setProperty("org.quartz.threadPool.threadCount", THREADS);
        all.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
        all.setProperty("org.quartz.jobStore.class", JobStoreTX.class.getName());
        all.setProperty(
                "org.quartz.jobStore.driverDelegateClass",
                (product == DatabaseProduct.POSTGRESQL ? PostgreSQLDelegate.class : StdJDBCDelegate.class).getName());
        all.setProperty("org.quartz.jobStore.dataSource", node);
        all.setProperty("org.quartz.jobStore.tablePrefix", SchedulerSchema.PREFIX);
        all.setProperty("org.quartz.jobStore.useProperties", "true");
        all.setProperty("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        all.setProperty("org.quartz.jobStore.isClustered", "true");
        all.setProperty("org.quartz.jobStore.clusterCheckinInterval", CHECK_IN_MILLIS);
        return all;
    }
}
