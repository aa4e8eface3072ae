package io.reseal.examples.social;

import io.reseal.examples.social.People.Person;
import io.reseal.examples.social.model.Card;
import io.reseal.examples.social.model.Provider;
import io.reseal.examples.social.model.SocialConnection.Tokens;
import io.reseal.examples.social.model.UserSettings.Profile;
import io.reseal.examples.social.model.Visibility;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Invents what users keep on the platform; the same generator state gives the same values. For one thread. */
final class Inventor {

    private static final String TOKEN_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final List<String> SCOPES =
            List.of("openid", "profile", "email", "friends.read", "posts.read", "posts.write", "messages.send");
    private static final List<String> DEVICES = List.of("Pixel 9", "iPhone 17", "Galaxy S25", "ThinkPad X1", "iPad");
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final int YEAR_SECONDS = 365 * 24 * 3600;

    private final People people;
    private final RandomGenerator random;

    Inventor(People people, RandomGenerator random) {
        this.people = people;
        this.random = random;
    }

    Person person() {
        return people.any(random);
    }

    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    Provider provider() {
        return People.one(List.of(Provider.values()), random);
    }

    Tokens tokens() {
        return new Tokens("at_" + token(180 + random.nextInt(80)), refreshToken(), instant());
    }

    String refreshToken() {
        return "rt_" + token(48);
    }

    String apiKey() {
        return "sk_live_" + token(40);
    }

    byte[] totpSecret() {
        byte[] secret = new byte[20];
        random.nextBytes(secret);
        return secret;
    }

    List<String> recoveryCodes() {
        return Stream.generate(() -> token(10)).limit(8).toList();
    }

    List<String> scopes() {
        return SCOPES.subList(0, 1 + random.nextInt(SCOPES.size()));
    }

    Profile profile(Person person) {
        return new Profile(
                person.phone(),
                LocalDate.ofEpochDay(-7_000 + random.nextInt(20_000)),
                person.address(),
                biography(person),
                visibility());
    }

    String biography(Person person) {
        return person.name() + ". "
                + person.language().introductionFrom(person.address().city());
    }

    Visibility visibility() {
        return People.one(List.of(Visibility.values()), random);
    }

    String device() {
        return People.one(DEVICES, random) + " " + token(16);
    }

    Card card(Person person) {
        return new Card(person.card(), person.name(), YearMonth.of(2027 + random.nextInt(5), 1 + random.nextInt(12)));
    }

    BigDecimal amount() {
        return BigDecimal.valueOf(random.nextInt(500_000), 2);
    }

    String networkAddress() {
        return "2001:db8:" + Integer.toHexString(random.nextInt(0x10000)) + "::"
                + Integer.toHexString(random.nextInt(0x10000));
    }

    String auditDetail(Person person) {
        return "Signed in as " + person.name() + " (" + person.address().city() + ") with " + device();
    }

    Instant instant() {
        return EPOCH.plusSeconds(random.nextInt(YEAR_SECONDS));
    }

    UUID uuid() {
        return new UUID(
                (random.nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L,
                (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | Long.MIN_VALUE);
    }

    private String token(int length) {
        StringBuilder token = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            token.append(TOKEN_CHARACTERS.charAt(random.nextInt(TOKEN_CHARACTERS.length())));
        }
        return token.toString();
    }
}
