package io.reseal.internal.hibernate;

import io.reseal.keys.KeyTypes;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.hibernate.service.Service;
import org.hibernate.type.spi.TypeConfiguration;

/**
 * What one service registry needs to bind encrypted attributes. Nothing is static: two registries share nothing, and two
 * mappings built from one registry are kept apart.
 */
final class ResealService implements Service {

    private static final long serialVersionUID = 1L;

    private final transient KeyTypes keyTypes;
    private final transient MaskedJavaTypes javaTypes = new MaskedJavaTypes();
    private final transient CacheKeyHash cacheKeys = new CacheKeyHash(new SecureRandom());
    private final transient Map<TypeConfiguration, BoundAttributes> bound =
            Collections.synchronizedMap(new WeakHashMap<>());

    ResealService(KeyTypes keyTypes) {
        this.keyTypes = keyTypes;
    }

    /** The attributes bound so far for the mapping that this type configuration belongs to. */
    BoundAttributes binding(TypeConfiguration mapping) {
        return bound.computeIfAbsent(
                mapping, types -> new BoundAttributes(keyTypes, types, new TypeFactory(types, javaTypes, cacheKeys)));
    }

    /** The same, once the mapping is complete; empty if it has no encrypted attribute. */
    Optional<BoundAttributes> bound(TypeConfiguration mapping) {
        return Optional.ofNullable(bound.remove(mapping));
    }
}
