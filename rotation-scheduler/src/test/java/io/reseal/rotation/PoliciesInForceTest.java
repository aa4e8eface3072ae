package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealKeys;
import io.reseal.ResealSettings;
import io.reseal.TamperedKeyStoreException;
import io.reseal.keys.GraceEnd;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyPriority;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import io.reseal.rotation.destruction.CleanupLine;
import io.reseal.rotation.destruction.DestructionRefusedException;
import io.reseal.rotation.destruction.Gate;
import io.reseal.testing.Databases;
import io.reseal.testing.EachDatabase;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestKek;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoliciesInForceTest {

    private static final KeyType DB = KeyType.DATABASE_ENCRYPTION;
    private static final KeyType CARDS = new KeyType("cards", 17, "card");
    private static final String ALONE = "reseal.policy.database_encryption.approvals";
    private static final Map<String, String> KEPT_BY_ONE = Map.of(
            ALONE,
            "1",
            "reseal.policy.token_encryption.approvals",
            "1",
            "reseal.policy.file_encryption.approvals",
            "0");

    @TempDir
    Path directory;

    private KeyRotation node(Databases.TestDatabase database, Map<String, String> chosen) {
        Map<String, String> all = new HashMap<>(chosen);
        all.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        return KeyRotation.open(database.settings(all), Clock.systemUTC());
    }

    /** As an application does that is configured like that, when it starts. */
    private void firstKey(Databases.TestDatabase database, Map<String, String> chosen) {
        Map<String, String> all = new HashMap<>(chosen);
        all.put(ResealSettings.KEK_FILE, directory.resolve("kek.json").toString());
        try (KeyRegistry keys = ResealKeys.open(database.settings(all), Clock.systemUTC())) {
            keys.ensureActive(DB);
        }
    }

    private static void weaken(KeyRotation node) {
        Approvals approvals = node.approvals();
        approvals.approve(approvals.request(node.policies().weakening(DB), People.ANN, "we are few"), People.BOB);
        node.weakenPolicy(DB, People.ANN, "we are few");
    }

    /** Else whoever is the first to open the keys with other settings would choose for all. */
    @Test
    void whoMakesTheFirstKeyChoosesThePolicies() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        firstKey(database, Map.of());
        try (KeyRotation node = node(database, KEPT_BY_ONE)) {
            assertThat(node.policies().of(DB).approvals()).isEqualTo(2);
            assertThat(node.policies().of(KeyType.TOKEN_ENCRYPTION).approvals())
                    .as("without a key")
                    .isEqualTo(2);
            assertThat(node.policies().waiting()).hasSize(3);
            node.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            assertThatThrownBy(() -> node.backups().declare("nightly", Duration.ofDays(20), People.ANN))
                    .isInstanceOf(ApprovalRequiredException.class);
        }
        Databases.TestDatabase own = Databases.H2.fresh();
        firstKey(own, KEPT_BY_ONE);
        try (KeyRotation node = node(own, KEPT_BY_ONE)) {
            assertThat(node.policies().of(DB).approvals()).isOne();
            assertThat(node.policies().waiting()).isEmpty();
            node.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            node.backups().declare("nightly", Duration.ofDays(20), People.ANN);
        }
    }

    @Test
    void keysWithoutARecordedPolicyAreHeldToTheStandard() {
        KeyTypes types = KeyTypes.standard().with(CARDS);
        KeyPolicy weak = new KeyPolicy(
                CARDS,
                Duration.ofDays(90),
                Duration.ofDays(7),
                KeyPriority.HIGH,
                new GraceEnd.Expiry(Duration.ofDays(7)),
                KeyPolicy.MAX_USAGE,
                1);
        Map<String, String> chosen = new HashMap<>(KEPT_BY_ONE);
        chosen.put(ResealSettings.KEY_STORE, "jdbc:none");
        ResealSettings settings = ResealSettings.from(chosen);
        try (KeyRegistry keys =
                KeyRegistry.open(new MemoryKeyStore(), new TestKek("test"), types, settings, Clock.systemUTC())) {
            PoliciesInForce weaker =
                    new PoliciesInForce(keys, KeyPolicies.standard().with(weak));
            assertThat(weaker.of(CARDS)).as("no key yet").isEqualTo(weak);
            keys.ensureActive(CARDS);
            weaker.adopt();
            KeyPolicy held = new KeyPolicy(
                    CARDS,
                    weak.interval(),
                    weak.grace(),
                    KeyPriority.HIGH,
                    new GraceEnd.Proof(),
                    KeyPolicy.MAX_USAGE,
                    2);
            assertThat(weaker.of(CARDS)).isEqualTo(held);
            assertThat(weaker.waiting()).singleElement().asString().contains("cards", "end of grace", "approvals");
            PoliciesInForce strong =
                    new PoliciesInForce(keys, KeyPolicies.standard().with(held));
            strong.adopt();
            assertThat(weaker.waiting())
                    .as("recorded")
                    .singleElement()
                    .asString()
                    .contains("approvals");
            PoliciesInForce alone =
                    new PoliciesInForce(keys, KeyPolicies.standard().changedBy(KEPT_BY_ONE, KeyTypes.standard()));
            assertThat(alone.isKeptByOne(keys.keyring()))
                    .as("a key type is on record that this node does not know")
                    .isFalse();
        }
        KeyPolicy standard = KeyPolicies.standard().of(DB);
        assertThat(PoliciesInForce.unchosen(new KeyPolicy(
                        DB, Duration.ofDays(1), Duration.ofDays(1), KeyPriority.MEDIUM, new GraceEnd.Proof(), 1, 0)))
                .isEqualTo(standard);
    }

    @EachDatabase
    void aWeakerPolicyWaitsForTwoPeople(Databases kind) throws Exception {
        Databases.TestDatabase database = kind.fresh();
        firstKey(database, Map.of());
        try (KeyRotation before = node(database, Map.of())) {
            assertThat(before.policies().waiting()).isEmpty();
            try (KeyRotation weaker = node(database, Map.of(ALONE, "0"))) {
                assertThat(weaker.policies().of(DB).approvals()).isEqualTo(2);
                assertThat(weaker.status().problems())
                        .singleElement()
                        .asString()
                        .contains(
                                "policy of database_encryption is not in force", "approvals from 2 to 0", "weakening");
                assertThatThrownBy(() -> weaker.weakenPolicy(DB, People.ANN, "we are few"))
                        .isInstanceOf(ApprovalRequiredException.class);
                weaken(weaker);
                weaker.weakenPolicy(DB, People.ANN, "again changes nothing");
                assertThat(weaker.policies().of(DB).approvals()).isZero();
                assertThat(weaker.status().problems()).isEmpty();
            }
            assertThat(before.policies().of(DB).approvals()).as("on every node").isZero();
        }
        assertThat(database.query(
                        "SELECT actor, action FROM reseal_audit WHERE action LIKE '%policy' AND generation IS NOT NULL"
                                + " ORDER BY generation"))
                .containsExactly("sso:1001|weaken-policy");
    }

    @Test
    void aNodeWithTheOldSettingsDoesNotUndoWhatTwoPeopleWeakened() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        firstKey(database, Map.of(ALONE, "4"));
        for (String fewer : List.of("3", "1")) {
            try (KeyRotation node = node(database, Map.of(ALONE, fewer))) {
                weaken(node);
            }
        }
        for (String old : List.of("4", "3")) {
            try (KeyRotation behind = node(database, Map.of(ALONE, old))) {
                assertThat(behind.policies().of(DB).approvals()).isOne();
                assertThat(behind.policies().waiting())
                        .singleElement()
                        .asString()
                        .contains("people have put a weaker one in its place");
            }
        }
        try (KeyRotation stronger = node(database, Map.of(ALONE, "2"))) {
            assertThat(stronger.policies().of(DB).approvals()).isEqualTo(2);
        }
        try (KeyRotation back = node(database, Map.of(ALONE, "3"))) {
            assertThat(back.policies().of(DB).approvals()).isEqualTo(2);
            weaken(back);
            assertThat(back.policies().of(DB).approvals()).isEqualTo(3);
            assertThat(back.policies().waiting()).isEmpty();
        }
    }

    @Test
    void aStrongerPolicyTakesEffectAtOnceAndStays() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        firstKey(database, Map.of(ALONE, "1"));
        try (KeyRotation stronger = node(database, Map.of(ALONE, "3"))) {
            assertThat(stronger.policies().of(DB).approvals()).isEqualTo(3);
        }
        try (KeyRotation back = node(database, Map.of(ALONE, "1"))) {
            assertThat(back.policies().of(DB).approvals()).isEqualTo(3);
        }
    }

    @Test
    void aPolicyThatWasEditedBySqlIsFound() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        firstKey(database, Map.of());
        try (KeyRotation node = node(database, Map.of())) {
            database.execute("UPDATE reseal_record SET body = REPLACE(body, '\"approvals\":2', '\"approvals\":0')"
                    + " WHERE kind = 'policy'");
            assertThatThrownBy(() -> node.policies().of(DB))
                    .isInstanceOf(TamperedKeyStoreException.class)
                    .hasMessageContaining("policy 'database_encryption'");
        }
    }

    @Test
    void theGatesGoByThePolicyInForce() throws Exception {
        try (DestructionStage stage = new DestructionStage(Databases.H2, directory, Map.of())) {
            stage.propose();
            stage.clock.advance(KeyDestruction.WAITING_TIME);
            Map<String, String> chosen = Map.of(
                    ALONE,
                    "0",
                    "reseal.policy.database_encryption.grace",
                    "PT1S",
                    ResealSettings.KEK_FILE,
                    directory.resolve("kek.json").toString());
            try (KeyRotation weaker =
                    KeyRotation.open(stage.database.settings(chosen), stage.clock, engine -> stage.clock)) {
                assertThat(weaker.cleanUp()).extracting(CleanupLine::outcome).containsExactly(CleanupLine.Outcome.LEFT);
                assertThatThrownBy(
                                () -> weaker.destruction(DestructionStage.OLD).destroy(People.ANN, "alone"))
                        .isInstanceOfSatisfying(
                                DestructionRefusedException.class,
                                refused -> assertThat(refused.unmet())
                                        .extracting(Gate::name)
                                        .containsExactly(Gate.Name.APPROVALS));
            }
        }
    }

    @Test
    void aStoreThatIsKeptByOnePersonLocksNobodyOut() throws Exception {
        Databases.TestDatabase database = Databases.H2.fresh();
        try (KeyRotation node = node(database, KEPT_BY_ONE)) {
            node.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            node.backups().declare("nightly", Duration.ofDays(20), People.ANN);
            assertThat(node.backups().longestRetention()).contains(Duration.ofDays(20));
        }
        Databases.TestDatabase other = Databases.H2.fresh();
        try (KeyRotation node = node(other, Map.of(ALONE, "1", "reseal.policy.token_encryption.approvals", "1"))) {
            node.backups().declare("nightly", Duration.ofDays(30), People.ANN);
            assertThatThrownBy(() -> node.backups().declare("nightly", Duration.ofDays(20), People.ANN))
                    .as("file_encryption still asks for two")
                    .isInstanceOf(ApprovalRequiredException.class);
        }
    }
}
