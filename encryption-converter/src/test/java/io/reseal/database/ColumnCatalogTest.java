package io.reseal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.StorageForm;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestKek;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;

class ColumnCatalogTest {

    private static final SealedColumn EMAIL = column("users", "email", KeyType.DATABASE_ENCRYPTION, "users.email");
    private static final SealedColumn ODD = new SealedColumn(
            Optional.of("Größe"),
            "O'Brien \"x\"",
            "c|,[]",
            StorageForm.TEXT,
            KeyType.TOKEN_ENCRYPTION,
            "any: context?",
            List.of("tenant,id", "İd"),
            false);

    @EachDatabase
    void returnsWhatWasRecordedWhateverTheNames(Databases databases) {
        withCatalog(databases, catalog -> {
            catalog.record(List.of(EMAIL, ODD));
            assertThat(catalog.columns()).containsExactlyInAnyOrder(EMAIL, ODD);
        });
    }

    @EachDatabase
    void keepsAColumnThatLeftTheMapping(Databases databases) {
        withCatalog(databases, catalog -> {
            catalog.record(List.of(EMAIL));
            catalog.record(List.of(ODD));
            assertThat(catalog.columns()).contains(EMAIL);
        });
    }

    @EachDatabase
    void keepsTheFormerKeyTypeOfAColumn(Databases databases) {
        SealedColumn moved = column("users", "email", KeyType.TOKEN_ENCRYPTION, "users.email");
        withCatalog(databases, catalog -> {
            catalog.record(List.of(EMAIL));
            catalog.record(List.of(moved));
            assertThat(catalog.columns()).containsExactlyInAnyOrder(EMAIL, moved);
        });
    }

    @EachDatabase
    void refusesAnotherContextAndRecordsNothing(Databases databases) {
        SealedColumn renamed = column("users", "email", KeyType.DATABASE_ENCRYPTION, "accounts.email");
        withCatalog(databases, catalog -> {
            catalog.record(List.of(EMAIL));
            assertThatThrownBy(() -> catalog.record(List.of(ODD, renamed)))
                    .isInstanceOf(ResealConfigurationException.class)
                    .hasMessageContainingAll(
                            "users.email", "'accounts.email'", "@Encrypted(context = \"users.email\")");
            assertThat(catalog.columns()).containsExactly(EMAIL);
        });
    }

    @EachDatabase
    void manyNodesRecordTheSameAtOnce(Databases databases) {
        withCatalog(databases, catalog -> {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                Callable<Boolean> node = () -> {
                    catalog.record(List.of(EMAIL, ODD));
                    return true;
                };
                for (Future<Boolean> result :
                        threads.invokeAll(Stream.generate(() -> node).limit(8).toList())) {
                    assertThat(result.get()).isTrue();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                threads.shutdownNow();
            }
            assertThat(catalog.columns()).containsExactlyInAnyOrder(EMAIL, ODD);
        });
    }

    /** Somebody with SQL and without the KEK: else a key could be destroyed while a column that nobody looks at needs it. */
    @EachDatabase
    void nobodyTakesAColumnOutOfTheCatalogOrPutsOneInWithSql(Databases databases) throws SQLException {
        Map<String, String> attacks = Map.of(
                "DELETE FROM reseal_record WHERE kind = 'mapped-columns' AND id = 'users'",
                "the row of the mapped-columns 'users' in reseal_record was deleted",
                "UPDATE reseal_record SET body = REPLACE(body, 'email', 'phone') WHERE id = 'users'",
                "the row of the mapped-columns 'users' in reseal_record was edited",
                "INSERT INTO reseal_record (kind, id, body) VALUES ('mapped-columns', 'other', '{}')",
                "the row of the mapped-columns 'other' in reseal_record was added");
        for (Map.Entry<String, String> attack : attacks.entrySet()) {
            TestDatabase database = databases.fresh();
            try (KeyRegistry keys = open(database)) {
                ColumnCatalog catalog = new ColumnCatalog(keys);
                catalog.record(List.of(EMAIL, ODD));
                database.execute(attack.getKey());
                assertThatThrownBy(catalog::columns)
                        .isInstanceOf(TamperedKeyStoreException.class)
                        .hasMessageContaining(attack.getValue());
                assertThatThrownBy(() -> open(database)).hasMessageContaining(attack.getValue());
            }
        }
    }

    @EachDatabase
    void recordsInOneTransitionAndOnlyWhatIsNew(Databases databases) {
        try (KeyRegistry keys = open(databases.fresh())) {
            new ColumnCatalog(keys).record(List.of(EMAIL, ODD));
            assertThat(keys.refresh().generation()).isEqualTo(1);
            new ColumnCatalog(keys).record(List.of(ODD, EMAIL));
            assertThat(keys.refresh().generation()).isEqualTo(1);
        }
    }

    private static void withCatalog(Databases databases, Consumer<ColumnCatalog> test) {
        try (KeyRegistry keys = open(databases.fresh())) {
            test.accept(new ColumnCatalog(keys));
        }
    }

    private static KeyRegistry open(TestDatabase database) {
        return ResealKeys.open(database.settings(Map.of(ResealSettings.KEK, new TestKek("kek"))), Clock.systemUTC());
    }

    private static SealedColumn column(String table, String column, KeyType keyType, String context) {
        return new SealedColumn(
                Optional.empty(), table, column, StorageForm.BINARY, keyType, context, List.of("id"), true);
    }
}
