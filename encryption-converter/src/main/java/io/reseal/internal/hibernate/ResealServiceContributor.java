package io.reseal.internal.hibernate;

import io.reseal.ResealSettings;
import java.util.Map;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryImplementor;

/** Adds {@link ResealService} to every service registry; found through {@code META-INF/services}. */
public final class ResealServiceContributor implements ServiceContributor {

    @Override
    public void contribute(StandardServiceRegistryBuilder builder) {
        builder.addInitiator(new Initiator());
    }

    private record Initiator() implements StandardServiceInitiator<ResealService> {

        @Override
        public ResealService initiateService(Map<String, Object> settings, ServiceRegistryImplementor registry) {
            return new ResealService(ResealSettings.keyTypes(settings));
        }

        @Override
        public Class<ResealService> getServiceInitiated() {
            return ResealService.class;
        }
    }
}
