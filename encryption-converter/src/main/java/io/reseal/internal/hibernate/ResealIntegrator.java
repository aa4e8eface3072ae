package io.reseal.internal.hibernate;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.keys.KeyRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.SessionFactory;
import org.hibernate.SessionFactoryObserver;
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
        Optional<BoundAttributes> bound = sessionFactory
                .getServiceRegistry()
                .requireService(ResealService.class)
                .bound(boot.getTypeConfiguration());
        bound.ifPresent(attributes ->
                attributes.attributes().forEach(attribute -> attribute.widths().widenAgain()));
        judge(mapping, bound, sessionFactory);
        bound.ifPresent(attributes -> start(mapping, attributes, sessionFactory));
    }

    @Override
    public void disintegrate(SessionFactoryImplementor sessionFactory, SessionFactoryServiceRegistry services) {
        KeyRegistry keys = open.remove(sessionFactory);
        if (keys != null) {
            keys.close();
        }
    }

    /** Also without any attribute that was bound: an annotation that Hibernate overlooks is a promise of encryption. */
    private static void judge(
            Metadata metadata, Optional<BoundAttributes> bound, SessionFactoryImplementor sessionFactory) {
        bound.ifPresent(attributes -> AttributeLocations.locate(attributes.attributes(), SealedPositions.in(metadata)));
        BootReport report = bound.map(BoundAttributes::report).orElseGet(BootReport::new);
        CompleteMapping mapping = CompleteMapping.of(metadata);
        BootChecks.check(mapping, settingsOf(sessionFactory), report);
        report.refuseProblems();
        sessionFactory.addObserver(new RuntimeVerification(mapping.members()));
    }

    private record RuntimeVerification(EncryptedMembers members) implements SessionFactoryObserver {

        private static final long serialVersionUID = 1L;

        @Override
        public void sessionFactoryCreated(SessionFactory factory) {
            BootReport report = new BootReport();
            new RuntimeTypes(members, report).verify(factory.unwrap(SessionFactoryImplementor.class));
            report.refuseProblems();
        }
    }

    private void start(Metadata mapping, BoundAttributes bound, SessionFactoryImplementor sessionFactory) {
        List<MappedColumn> columns = new MappedColumns(new DictionaryNames(sessionFactory), bound.report())
                .behind(SealedPositions.in(mapping));
        bound.report().refuseProblems();
        ResealSettings settings = settings(sessionFactory);
        KeyRegistry keys = ResealKeys.open(settings, Clock.systemUTC());
        try {
            unlock(bound, keys);
            keys.readyToSeal();
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
        open.put(sessionFactory, keys);
        sessionFactory.addObserver(new SealedSchema(columns, keys));
    }

    /** The session factory itself shows its settings only with the password masked. */
    private static ResealSettings settings(SessionFactoryImplementor sessionFactory) {
        return ResealSettings.from(settingsOf(sessionFactory));
    }

    private static Map<String, Object> settingsOf(SessionFactoryImplementor sessionFactory) {
        return sessionFactory
                .getServiceRegistry()
                .requireService(ConfigurationService.class)
                .getSettings();
    }

    private static void unlock(BoundAttributes bound, KeyRegistry keys) {
        bound.attributes().stream()
                .map(attribute -> attribute.type().attribute().keyType())
                .distinct()
                .forEach(keys::ensureActive);
        bound.attributes().forEach(attribute -> attribute.type().sealing().unlock(keys));
    }
}
