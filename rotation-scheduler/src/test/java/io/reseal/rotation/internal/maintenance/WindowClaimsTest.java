package io.reseal.rotation.internal.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealSettings;
import io.reseal.database.ResealDatabase;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.internal.maintenance.WindowClaims.Claim;
import io.reseal.rotation.internal.maintenance.WindowStore.Row;
import io.reseal.rotation.maintenance.MaintenanceWindow.Check;
import io.reseal.rotation.maintenance.MaintenanceWindow.Plan;
import io.reseal.rotation.maintenance.MaintenanceWindow.State;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.TestClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class WindowClaimsTest {

    private static final Instant NOW = Instant.parse("2037-01-02T03:04:05Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final List<Found> FOUND = List.of(Found.ok(Check.HEALTH, "", "all is well"));

    @TempDir
    Path directory;

    private static Plan in(Duration time) {
        return new Plan(NOW.plus(time), NOW.plus(time).plus(HOUR), "new indexes");
    }

    @EachDatabase
    void aNodeHasAPhaseUntilItsLeaseIsOverOrTheWindowIsAnotherOne(Databases kind) throws Exception {
        ResealSettings settings = kind.fresh()
                .settings(Map.of(
                        ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        KeyRotation.open(settings, TestClock.standing()).close();
        try (ResealDatabase database = ResealDatabase.open(settings, "test", 2)) {
            WindowStore store = new WindowStore(database);
            WindowClaims claims = new WindowClaims(store);
            Row row = store.insert(in(HOUR), "ann", NOW, planned -> {}).row();

            Claim silent = claims.claim(row, NOW).orElseThrow();
            assertThat(claims.claim(row, NOW.plus(WindowClaims.LEASE).minusMillis(1)))
                    .isEmpty();
            Claim heir = claims.claim(row, NOW.plus(WindowClaims.LEASE)).orElseThrow();
            assertThat(claims.checked(silent, NOW, FOUND)).isFalse();
            assertThat(store.entries().of(row.number())).isEmpty();
            assertThat(claims.checked(heir, NOW, FOUND)).isTrue();
            assertThat(store.entries().of(row.number())).hasSize(1);
            assertThat(claims.claim(row, NOW.plus(HOUR)))
                    .as("who has not heard that it is done")
                    .isEmpty();

            Row checked = store.get(row.number()).orElseThrow();
            Claim early = claims.claim(checked, NOW.plus(HOUR)).orElseThrow();
            assertThat(claims.claim(checked, NOW))
                    .as("after one whose clock is fast")
                    .isPresent();
            assertThat(claims.verified(early, NOW, State.CLEAN, FOUND)).isFalse();
            Claim late = claims.claim(checked, NOW.plus(WindowClaims.LEASE)).orElseThrow();
            Row moved = store.move(row.number(), in(HOUR.multipliedBy(2)), NOW, window -> {})
                    .orElseThrow();
            assertThat(claims.verified(late, NOW, State.CLEAN, FOUND)).isFalse();
            Claim last = claims.claim(moved, NOW).orElseThrow();
            Row off = store.cancel(row.number(), NOW, window -> {}).orElseThrow();
            assertThat(claims.checked(last, NOW, FOUND)).isFalse();
            assertThat(claims.claim(off, NOW.plus(HOUR))).isEmpty();
            assertThat(store.entries().of(row.number())).hasSize(1);
            assertThat(store.get(row.number()).orElseThrow().state()).isEqualTo(State.CANCELLED);
        }
    }

    @EachDatabase
    void onlyAPlannedWindowIsOpenFromItsFirstMomentToItsLast(Databases kind) throws Exception {
        ResealSettings settings = kind.fresh()
                .settings(Map.of(
                        ResealSettings.KEK_FILE, directory.resolve("kek.json").toString()));
        KeyRotation.open(settings, TestClock.standing()).close();
        try (ResealDatabase database = ResealDatabase.open(settings, "test", 2)) {
            WindowStore store = new WindowStore(database);
            Row second = store.insert(in(HOUR.multipliedBy(3)), "ann", NOW, planned -> {})
                    .row();
            Row first = store.insert(in(HOUR), "ann", NOW, planned -> {}).row();
            Instant end = first.plan().end();
            assertThat(store.open(first.plan().start().minusMillis(1))).isEmpty();
            assertThat(store.open(first.plan().start()).map(Row::id)).contains(first.id());
            assertThat(store.open(end.minusMillis(1)).map(Row::id)).contains(first.id());
            assertThat(store.open(end)).isEmpty();
            assertThat(store.next(NOW).map(Row::id)).contains(first.id());
            assertThat(store.next(first.plan().start()).map(Row::id)).contains(second.id());
            assertThat(store.next(second.plan().start())).isEmpty();
            store.cancel(first.number(), NOW, window -> {});
            assertThat(store.open(first.plan().start())).isEmpty();
            assertThat(store.next(NOW).map(Row::id)).contains(second.id());
        }
    }
}
