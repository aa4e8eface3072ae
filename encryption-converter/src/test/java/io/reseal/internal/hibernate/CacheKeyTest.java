package io.reseal.internal.hibernate;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Encrypted;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.hibernate.cache.MutableCacheKeyBuilder;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.junit.jupiter.api.Test;

class CacheKeyTest {

    private static final String SECRET = "hunter2-secret";

    @Entity
    static class Account {
        @Id
        long id;

        @Encrypted
        String secret = "";

        @Encrypted
        String other = "";
    }

    /** Collects what Hibernate would keep. */
    private static final class Collected implements MutableCacheKeyBuilder {

        private static final long serialVersionUID = 1L;

        private final transient List<Object> values = new ArrayList<>();
        private final transient List<Integer> hashCodes = new ArrayList<>();

        @Override
        public void addValue(Object value) {
            values.add(value);
        }

        @Override
        public void addHashCode(int hashCode) {
            hashCodes.add(hashCode);
        }

        @Override
        public Serializable build() {
            return values.toString() + hashCodes;
        }
    }

    @Test
    void holdsNeitherTheValueNorAHashThatAnybodyCanCompute() throws NoSuchAlgorithmException {
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        byte[] plainHash = MessageDigest.getInstance("SHA-256").digest(bytes);
        try (TestFactory factory = TestFactory.onH2(Account.class)) {
            Collected key = key(factory, "secret", SECRET);
            assertThat(key.values).hasSize(1).doesNotContain(SECRET, SECRET.hashCode());
            assertThat(key.build().toString())
                    .doesNotContain("hunter2", HexFormat.of().formatHex(plainHash));
            assertThat(key.hashCodes)
                    .hasSize(1)
                    .doesNotContain(SECRET.hashCode(), Arrays.hashCode(bytes), Arrays.hashCode(plainHash));
        }
    }

    @Test
    void isTheSameForEqualValuesOfOneAttributeInOneRegistryOnly() {
        try (TestFactory factory = TestFactory.onH2(Account.class);
                TestFactory another = TestFactory.onH2(Account.class)) {
            Serializable key = key(factory, "secret", SECRET).build();
            assertThat(key(factory, "secret", SECRET).build()).isEqualTo(key);
            assertThat(key(factory, "secret", SECRET + 2).build()).isNotEqualTo(key);
            assertThat(key(factory, "other", SECRET).build()).isNotEqualTo(key);
            assertThat(key(another, "secret", SECRET).build()).isNotEqualTo(key);
        }
    }

    private static Collected key(TestFactory factory, String attribute, String value) {
        BasicValuedModelPart part = (BasicValuedModelPart) factory.sessionFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getMappingMetamodel()
                .getEntityDescriptor(Account.class)
                .findAttributeMapping(attribute);
        Collected key = new Collected();
        EncryptedBasicType<?> type = (EncryptedBasicType<?>) part.getJdbcMapping();
        factory.inTransaction(
                session -> type.addToCacheKey(key, value, session.unwrap(SharedSessionContractImplementor.class)));
        return key;
    }
}
