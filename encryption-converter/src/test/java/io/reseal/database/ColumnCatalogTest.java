package io.reseal.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.StorageForm;
import io.reseal.internal.store.JdbcKeyStore;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import java.util.List;
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

    private static void withCatalog(Databases databases, Consumer<ColumnCatalog> test) {
        try (ResealDatabase database = ResealDatabase.open(databases.fresh().settings(), "test", 8)) {
            database.install(JdbcKeyStore.SCHEMA);
            test.accept(new ColumnCatalog(database, KeyTypes.standard()));
        }
    }

    private static SealedColumn column(String table, String column, KeyType keyType, String context) {
        return new SealedColumn(
                Optional.empty(), table, column, StorageForm.BINARY, keyType, context, List.of("id"), true);
    }
}
