package io.reseal.examples.social;

import io.reseal.examples.social.model.Address;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import net.datafaker.Faker;

/**
 * Invented people of many languages. Each language has a pool of every kind of value, from which people are combined,
 * because inventing each of them anew would take minutes. The same seed gives the same people. Immutable.
 */
final class People {

    private static final int POOL = 150;

    private final List<Pool> pools;

    private People(List<Pool> pools) {
        this.pools = pools;
    }

    static People of(long seed) {
        return new People(Arrays.stream(Language.values())
                .map(language -> Pool.of(language, seed))
                .toList());
    }

    Person any(RandomGenerator random) {
        Pool pool = one(pools, random);
        return new Person(
                pool.language(),
                one(pool.names(), random),
                one(pool.addresses(), random),
                one(pool.phones(), random),
                one(pool.ibans(), random),
                one(pool.cards(), random));
    }

    static <T> T one(List<T> pool, RandomGenerator random) {
        return pool.get(random.nextInt(pool.size()));
    }

    /** One of them. */
    record Person(Language language, String name, Address address, String phone, String iban, String card) {

        @Override
        public String toString() {
            return "Person[" + language.tag() + "]";
        }
    }

    private record Pool(
            Language language,
            List<String> names,
            List<Address> addresses,
            List<String> phones,
            List<String> ibans,
            List<String> cards) {

        static Pool of(Language language, long seed) {
            Faker faker = new Faker(
                    language.locale(), new Random(seed + language.tag().hashCode()));
            return new Pool(
                    language,
                    many(() -> faker.name().fullName()),
                    many(() -> address(faker)),
                    many(() -> faker.phoneNumber().cellPhone()),
                    many(() -> faker.finance().iban()),
                    many(() -> faker.finance().creditCard()));
        }

        private static Address address(Faker faker) {
            return new Address(
                    faker.address().streetAddress(),
                    faker.address().zipCode(),
                    faker.address().city(),
                    faker.address().country());
        }

        private static <T> List<T> many(Supplier<T> one) {
            return Stream.generate(one).limit(POOL).toList();
        }
    }
}
