package io.reseal.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealException;
import io.reseal.SealingRefusedException;
import io.reseal.crypto.FieldCipher;
import io.reseal.internal.format.TextForm;
import io.reseal.keys.KeyType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The test kit as an application uses it. */
class InMemoryKeysTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final byte[] PLAINTEXT = "123-45-6789".getBytes(UTF_8);

    @Test
    void tellsUnderWhichKeyAValueIsSealed() {
        try (InMemoryKeys keys = InMemoryKeys.with(DB)) {
            byte[] sealed = new FieldCipher(keys.registry(), "users.ssn").seal(DB, PLAINTEXT);
            assertThat(StoredValue.of(sealed)).sealedUnder("database_encryption", 1);
            assertThat(StoredValue.of(TextForm.encode(DB, sealed))).sealedUnder("database_encryption", 1);
            assertThat(StoredValue.of(PLAINTEXT)).isNotSealed();
            assertThat(StoredValue.of(null)).isNotSealed();
            assertThatThrownBy(() -> assertThat(StoredValue.of(sealed)).sealedUnder("database_encryption", 2))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContainingAll("database_encryption version 1", "to be sealed under", "version 2");
            assertThatThrownBy(() -> assertThat(StoredValue.of(sealed)).sealedUnder("token_encryption", 1))
                    .isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> assertThat(StoredValue.of(sealed)).isNotSealed())
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void neverQuotesPlaintextWhenAnAssertionFails() {
        assertThatThrownBy(() -> assertThat(StoredValue.of("123-45-6789")).sealedUnder("database_encryption", 1))
                .isInstanceOf(AssertionError.class)
                .message()
                .doesNotContain("123-45");
    }

    @Test
    void tellsUnderWhichKeyARowIsSealed() throws Exception {
        try (InMemoryKeys keys = InMemoryKeys.with(DB);
                Connection connection = Databases.H2.fresh().connect();
                Statement table = connection.createStatement()) {
            table.execute("CREATE TABLE account (id int, secret varbinary(200), note varchar(200))");
            byte[] sealed = new FieldCipher(keys.registry(), "account.secret").seal(DB, PLAINTEXT);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO account VALUES (?, ?, 'open')")) {
                insert.setInt(1, 7);
                insert.setBytes(2, sealed);
                insert.execute();
            }
            StoredRow row = StoredRow.read(connection, "SELECT * FROM account WHERE id = ?", 7);
            assertThat(row).sealedUnder("database_encryption", 1);
            assertThat(row.value("secret")).sealedUnder("database_encryption", 1);
            assertThat(row.value("note")).isNotSealed();
            assertThatThrownBy(() -> assertThat(row).sealedUnder("database_encryption", 2))
                    .isInstanceOf(AssertionError.class);
            StoredRow open = StoredRow.read(connection, "SELECT id, note FROM account");
            assertThat(open).isNotSealed();
            assertThatThrownBy(() -> assertThat(open).sealedUnder("database_encryption", 1))
                    .hasMessageContaining("to hold a sealed value");
            assertThatThrownBy(() -> StoredRow.read(connection, "SELECT id FROM account WHERE id = 8"))
                    .hasMessageContaining("there is none");
        }
    }

    @Test
    void aKekThatFailsOrAnswersWronglyMakesNoKey() {
        try (InMemoryKeys keys = InMemoryKeys.empty()) {
            keys.kek().fail();
            assertThatThrownBy(() -> keys.registry().ensureActive(DB)).isInstanceOf(ResealException.class);
            keys.kek().answerWrongly();
            assertThatThrownBy(() -> keys.registry().ensureActive(DB)).isInstanceOf(ResealException.class);
            assertThat(keys.kek().calls()).isGreaterThan(1);
        }
    }

    @Test
    void aKekThatHangsGoesOnWhenItRecovers() {
        try (InMemoryKeys keys = InMemoryKeys.empty()) {
            int calls = keys.kek().calls();
            keys.kek().hang();
            var key = CompletableFuture.supplyAsync(() -> keys.registry().ensureActive(DB));
            Awaitility.await().until(() -> keys.kek().calls() > calls);
            assertThat(key).isNotDone();
            keys.kek().recover();
            assertThat(key.join().version()).isEqualTo(1);
        }
    }

    @Test
    void theClockAndTheStoreDecideWhetherSealingIsRefused() {
        try (InMemoryKeys keys = InMemoryKeys.with(DB)) {
            FieldCipher cipher = new FieldCipher(keys.registry(), "users.ssn");
            keys.store().fail(true);
            keys.clock().advance(Duration.ofMinutes(1));
            assertThatThrownBy(() -> cipher.seal(DB, PLAINTEXT)).isInstanceOf(SealingRefusedException.class);
            keys.store().fail(false);
            assertThat(StoredValue.of(cipher.seal(DB, PLAINTEXT))).sealedUnder("database_encryption", 1);
        }
    }

    @Test
    void theClockMovesBackwards() {
        TestClock clock = TestClock.standing();
        var before = clock.instant();
        clock.goBack(Duration.ofHours(1));
        assertThat(clock.instant()).isEqualTo(before.minus(Duration.ofHours(1)));
        clock.set(before);
        assertThat(clock.instant()).isEqualTo(before);
    }
}
