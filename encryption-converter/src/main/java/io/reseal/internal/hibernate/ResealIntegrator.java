package io.reseal.internal.hibernate;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.config.spi.ConfigurationService;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.integrator.spi.Integrator;
import org.hibernate.service.spi.SessionFactoryServiceRegistry;

/**
 * Judges the complete mapping, then opens the keys, all before Hibernate touches the schema. What it opened for a session
 * factory is closed with it, also when its boot fails later on. Found through {@code META-INF/services}.
 */
public final class ResealIntegrator implements Integrator {

    private final Map<SessionFactoryImplementor, KeyRegistry> open = new ConcurrentHashMap<>();

    @Override
    public void integrate(Metadata mapping, BootstrapContext boot, SessionFactoryImplementor sessionFactory) {
        sessionFactory
                .getServiceRegistry()
                .requireService(ResealService.class)
                .bound(boot.getTypeConfiguration())
                .ifPresent(bound -> start(mapping, bound, sessionFactory));
    }

    @Override
    public void disintegrate(SessionFactoryImplementor sessionFactory, SessionFactoryServiceRegistry services) {
        KeyRegistry keys = open.remove(sessionFactory);
        if (keys != null) {
            keys.close();
        }
    }

    private void start(Metadata mapping, BoundAttributes bound, SessionFactoryImplementor sessionFactory) {
        List<SealedPosition> positions = SealedPositions.in(mapping);
        AttributeLocations.locate(bound.attributes(), positions);
        List<MappedColumn> columns =
                new MappedColumns(new DictionaryNames(sessionFactory), bound.report()).behind(positions);
        bound.report().refuseProblems();
        ResealSettings settings = settings(sessionFactory);
        KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC());
        try {
            unlock(bound, keys);
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
        open.put(sessionFactory, keys);
        sessionFactory.addObserver(new SealedSchema(columns, settings));
    }

    /** The session factory itself shows its settings only with the password masked. */
    private static ResealSettings settings(SessionFactoryImplementor sessionFactory) {
        return ResealSettings.from(sessionFactory
                .getServiceRegistry()
                .requireService(ConfigurationService.class)
                .getSettings());
    }

    private static void unlock(BoundAttributes bound, KeyRegistry keys) {
        bound.attributes().stream()
                .map(attribute -> attribute.type().attribute().keyType())
                .distinct()
                .forEach(keys::ensureActive);
        bound.attributes().forEach(attribute -> attribute.type().sealing().unlock(keys));
    }
}
