package io.reseal.internal.hibernate;

import static io.reseal.internal.hibernate.Refusal.assertRefused;

import io.reseal.Encrypted;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.Map;
import org.hibernate.annotations.Audited;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.OptimisticLockType;
import org.hibernate.annotations.OptimisticLocking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityRulesTest {

    @Embeddable
    static class Secret {
        @Encrypted
        String token = "";
    }

    @Entity
    @DynamicUpdate
    @OptimisticLocking(type = OptimisticLockType.ALL)
    static class LockedByAll {
        @Id
        long id;

        @Embedded
        Secret secret = new Secret();
    }

    @Entity
    @DynamicUpdate
    @OptimisticLocking(type = OptimisticLockType.DIRTY)
    static class LockedByDirty {
        @Id
        long id;

        @Embedded
        Secret secret = new Secret();
    }

    @ParameterizedTest
    @ValueSource(classes = {LockedByAll.class, LockedByDirty.class})
    void refusesLockingByContent(Class<?> model) {
        assertRefused(model)
                .blames(model, "secret.token", "token", "OptimisticLockType", "Use a @Version")
                .only(1);
    }

    @Entity
    @Immutable
    @Cache(usage = CacheConcurrencyStrategy.READ_ONLY)
    static class CachedReference {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Test
    void refusesEntitiesThatTheCacheKeepsAsTheyAre() {
        assertRefused(
                        Map.of(
                                "hibernate.cache.use_reference_entries",
                                "true",
                                "hibernate.cache.region.factory_class",
                                "jcache",
                                "hibernate.javax.cache.missing_cache_strategy",
                                "create"),
                        CachedReference.class)
                .blames(CachedReference.class, "token", "token", "use_reference_entries", "to false");
    }

    @Entity
    @Audited
    static class WithHistory {
        @Id
        long id;

        @Encrypted
        String token = "";
    }

    @Test
    void refusesHistoryTablesOfHibernateItself() {
        assertRefused(WithHistory.class).blames(WithHistory.class, "token", "token", "history table", "Exclude");
    }
}
