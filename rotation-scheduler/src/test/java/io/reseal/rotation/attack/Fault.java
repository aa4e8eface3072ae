package io.reseal.rotation.attack;

import io.reseal.StorageForm;
import io.reseal.keys.KeyType;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGConnection;

/** How values under a retired key come back or stay hidden; each fools a naive proof, and none the hard one. */
enum Fault {
    A_FROZEN_NODE_IN_THE_MIDDLE_OF_A_TRANSACTION(Naive.COUNT, HardEnd.WAITS) {
        @Override
        Plot plant(Site site) throws Exception {
            JvmProcess node = site.node();
            node.tell("sealed-but-not-committed " + NEXT);
            node.answer("sealed");
            node.freeze();
            return () -> {
                node.tell("commit");
                node.thaw();
                node.answer("committed");
            };
        }

        @Override
        boolean needsNode() {
            return true;
        }

        @Override
        String blocker() {
            return "(node)";
        }
    },
    A_NODE_THAT_STILL_SEALS_UNDER_THE_OLD_KEY(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            JvmProcess node = site.node();
            return () -> {
                node.tell("put " + NEXT + " news");
                node.answer("put");
            };
        }

        @Override
        boolean needsNode() {
            return true;
        }
    },
    A_TRANSACTION_THAT_SEALED_BEFORE_AND_INSERTS_AFTER(Naive.SNAPSHOT_XMIN, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) throws Exception {
            return Plot.inTransaction(
                    site,
                    "SELECT secret FROM old_copy",
                    "INSERT INTO account (id, secret) SELECT " + NEXT + ", secret FROM old_copy");
        }
    },
    A_TRANSACTION_THAT_HAS_INSERTED_AND_COMMITS_AFTER(Naive.COUNT, HardEnd.WAITS) {
        @Override
        Plot plant(Site site) throws Exception {
            return Plot.inTransaction(site, INSERT_SELECT, "SELECT 1");
        }
    },
    A_PREPARED_TRANSACTION(Naive.COUNT, HardEnd.WAITS) {
        @Override
        String blocker() {
            return "the prepared transaction 'order-4711'";
        }

        @Override
        Plot plant(Site site) throws Exception {
            AtomicBoolean ended = new AtomicBoolean();
            try (Connection session = site.session()) {
                session.setAutoCommit(false);
                session.createStatement().execute(INSERT_SELECT);
                session.createStatement().execute("PREPARE TRANSACTION 'order-4711'");
            }
            return new Plot() {
                @Override
                public void strike() throws Exception {
                    site.execute("COMMIT PREPARED 'order-4711'");
                    ended.set(true);
                }

                @Override
                public void close() throws SQLException {
                    if (!ended.get()) {
                        site.execute("ROLLBACK PREPARED 'order-4711'");
                    }
                }
            };
        }
    },
    A_TRANSACTION_THAT_WRITES_BACK_WHAT_ITS_OLD_SNAPSHOT_SHOWS(Naive.SNAPSHOT_XMIN, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) throws Exception {
            Plot reader;
            try (Connection session = site.session()) {
                // the fence is not there yet the first time, and lets nothing in the second time
                session.createStatement().execute("CREATE TABLE IF NOT EXISTS draft (id bigint, secret bytea)");
                session.createStatement().execute("INSERT INTO draft SELECT " + NEXT + ", secret FROM old_copy");
                reader = Plot.inTransaction(
                        site,
                        Connection.TRANSACTION_REPEATABLE_READ,
                        "SELECT count(*) FROM draft",
                        "INSERT INTO account (id, secret) SELECT id, secret FROM draft");
                session.createStatement().execute("DELETE FROM draft");
            }
            return reader;
        }
    },
    INSERT_SELECT_OF_OLD_CIPHERTEXT(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, INSERT_SELECT);
        }
    },
    UPDATE_TO_OLD_CIPHERTEXT(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, "UPDATE account SET secret = o.secret FROM old_copy o WHERE id = 7");
        }
    },
    OLD_CIPHERTEXT_IN_A_COLUMN_OF_ANOTHER_KEY_TYPE(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, "UPDATE account SET token = o.note FROM old_copy o WHERE id = 7");
        }
    },
    COPY(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return () -> {
                String secret = site.database()
                        .query("SELECT encode(secret, 'hex') FROM old_copy")
                        .get(0);
                try (Connection session = site.session()) {
                    session.unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyIn(
                                    "COPY account (id, secret) FROM STDIN",
                                    new StringReader(NEXT + "\t\\\\x" + secret + "\n"));
                }
            };
        }
    },
    AN_UPSERT(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(
                    site,
                    "INSERT INTO account (id, secret) SELECT 7, secret FROM old_copy"
                            + " ON CONFLICT (id) DO UPDATE SET secret = excluded.secret");
        }
    },
    REPLICATION_THAT_FIRES_NO_ORDINARY_TRIGGER(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, "SET session_replication_role = replica; " + INSERT_SELECT);
        }
    },
    ANOTHER_TRIGGER_THAT_BRINGS_IT_BACK_BESIDE_AN_UNRELATED_UPDATE(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) throws Exception {
            site.execute("""
                    CREATE OR REPLACE FUNCTION restore_draft() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN NEW.secret := (SELECT secret FROM old_copy); RETURN NEW; END $$;
                    CREATE OR REPLACE TRIGGER zzz BEFORE UPDATE OF version ON account FOR EACH ROW
                        WHEN (NEW.version = 42) EXECUTE FUNCTION restore_draft();
                    """);
            return Plot.sql(site, "UPDATE account SET version = 42 WHERE id = 7");
        }
    },
    A_WRITE_INTO_A_PARTITION_OF_A_PARTITION(Naive.COUNT, HardEnd.REJECTS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, "INSERT INTO log_2_a SELECT 1, 2, secret FROM old_copy");
        }
    },
    ROWS_HIDDEN_BY_ROW_SECURITY(Naive.COUNT_AS_APPLICATION, HardEnd.REFUSES) {
        @Override
        Plot plant(Site site) throws Exception {
            site.execute("""
                    DO $$ BEGIN CREATE ROLE application LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                    GRANT ALL ON SCHEMA public TO application;
                    GRANT ALL ON ALL TABLES IN SCHEMA public TO application;
                    GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO application;
                    ALTER TABLE account OWNER TO application;
                    ALTER TABLE log OWNER TO application;
                    ALTER TABLE account ENABLE ROW LEVEL SECURITY;
                    ALTER TABLE account FORCE ROW LEVEL SECURITY;
                    DROP POLICY IF EXISTS own ON account;
                    CREATE POLICY own ON account USING (id < 60);
                    """ + INSERT_SELECT);
            return () -> {};
        }

        @Override
        String login() {
            return "application";
        }
    },
    A_ROW_WHOSE_KEY_MOVES_ACROSS_THE_CURSOR(Naive.RANGES, HardEnd.COUNTS) {
        @Override
        Plot plant(Site site) throws Exception {
            site.execute("INSERT INTO account (id, secret) SELECT 5000, secret FROM old_copy");
            String there = "UPDATE account SET id = 5000 + " + NEXT + " - id WHERE id IN (5000, " + NEXT + ")";
            return Plot.sql(site, there); // and back again, the next time
        }
    },
    A_COLUMN_THAT_IS_NO_LONGER_MAPPED(Naive.PRESENT_MAPPING, HardEnd.COUNTS) {
        @Override
        Plot plant(Site site) throws Exception {
            site.execute("UPDATE account SET legacy = o.secret FROM old_copy o WHERE id = 7");
            return () -> {};
        }
    },
    A_COLUMN_THAT_IS_MAPPED_LATER(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return () -> {
                site.record("account", "extra", StorageForm.BINARY, KeyType.DATABASE_ENCRYPTION);
                site.execute("ALTER TABLE account ADD COLUMN IF NOT EXISTS extra bytea;"
                        + "UPDATE account SET extra = o.secret FROM old_copy o WHERE id = 7");
            };
        }

        @Override
        String strayValues() {
            return "SELECT count(*) FROM account WHERE extra IS NOT NULL";
        }

        @Override
        void undo(Site site) throws Exception {
            site.execute("ALTER TABLE account DROP COLUMN extra");
            site.unmap("account");
        }
    },
    A_PARTITION_THAT_IS_ATTACHED_LATER(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, """
                    CREATE TABLE archive (id bigint NOT NULL, year integer NOT NULL, line bytea);
                    INSERT INTO archive SELECT 1, 9, secret FROM old_copy;
                    ALTER TABLE log ATTACH PARTITION archive FOR VALUES IN (9);
                    """);
        }

        @Override
        void undo(Site site) throws Exception {
            site.execute("DROP TABLE archive");
        }
    },
    A_CHILD_TABLE_THAT_INHERITS_LATER(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, """
                    CREATE TABLE account_of_1999 () INHERITS (account);
                    INSERT INTO account_of_1999 (id, secret) SELECT 100, secret FROM old_copy;
                    """);
        }

        @Override
        void undo(Site site) throws Exception {
            site.execute("DROP TABLE account_of_1999");
        }
    },
    /** What {@code pg_restore --data-only --disable-triggers} does. */
    A_BACKUP_OF_THE_ROWS_THAT_IS_RESTORED(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(
                    site,
                    "ALTER TABLE account DISABLE TRIGGER ALL; " + INSERT_SELECT
                            + "; ALTER TABLE account ENABLE TRIGGER ALL");
        }
    },
    /** What {@code pg_restore --clean} does, with a dump that was made when the fence was there. */
    A_BACKUP_OF_THE_TABLE_THAT_IS_RESTORED(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return () -> {
                var triggers = site.database().query("""
                        SELECT pg_get_triggerdef(oid) FROM pg_trigger
                        WHERE tgrelid = 'account'::regclass AND tgname LIKE 'reseal%'
                        """);
                site.execute("""
                        CREATE TABLE dumped AS TABLE account; DROP TABLE account;
                        CREATE TABLE account (LIKE dumped, PRIMARY KEY (id)); INSERT INTO account SELECT * FROM dumped;
                        ALTER TABLE account ALTER version SET DEFAULT 0, ALTER touched SET DEFAULT now();
                        DROP TABLE dumped;
                        """ + INSERT_SELECT);
                for (String trigger : triggers) {
                    site.execute(trigger);
                }
                site.execute("""
                        DO $$ DECLARE t text; BEGIN
                            FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'account'::regclass LOOP
                                EXECUTE 'ALTER TABLE account ENABLE ALWAYS TRIGGER ' || t;
                            END LOOP;
                        END $$
                        """);
            };
        }
    },
    A_FENCE_THAT_IS_TAKEN_DOWN(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, """
                    DO $$ DECLARE t text; BEGIN
                        FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'account'::regclass LOOP
                            EXECUTE 'DROP TRIGGER ' || t || ' ON account';
                        END LOOP;
                    END $$;
                    """ + INSERT_SELECT);
        }
    },
    A_FENCE_WHOSE_FUNCTION_IS_REPLACED(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, """
                    CREATE OR REPLACE FUNCTION reseal_fence_reject() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN RETURN NEW; END $$;
                    """ + INSERT_SELECT);
        }
    },
    A_FENCE_THAT_IS_MADE_TO_LOOK_AWAY(Naive.COUNT, HardEnd.VOIDS) {
        @Override
        Plot plant(Site site) {
            return Plot.sql(site, """
                    DO $$ DECLARE d text; BEGIN
                        FOR d IN SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = 'account'::regclass LOOP
                            EXECUTE replace(replace(d, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'), '0102000001', '0102000009');
                        END LOOP;
                        FOR d IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'account'::regclass LOOP
                            EXECUTE 'ALTER TABLE account ENABLE ALWAYS TRIGGER ' || d;
                        END LOOP;
                    END $$;
                    """ + INSERT_SELECT);
        }
    };

    /** How the hard proof copes. */
    enum HardEnd {
        /** It waits for whoever it is, and names them. */
        WAITS,
        /** It holds, and what comes after it is refused. */
        REJECTS,
        /** It does not hold. */
        COUNTS,
        /** It is not taken, and says why. */
        REFUSES,
        /** It held, and says afterwards that it does no longer stand. */
        VOIDS
    }

    static final long NEXT = 100;

    private static final String INSERT_SELECT =
            "INSERT INTO account (id, secret) SELECT " + NEXT + ", secret FROM old_copy";

    private final Naive naive;
    private final HardEnd end;

    Fault(Naive naive, HardEnd end) {
        this.naive = naive;
        this.end = end;
    }

    Naive naive() {
        return naive;
    }

    HardEnd end() {
        return end;
    }

    abstract Plot plant(Site site) throws Exception;

    /** Whether it needs a node process that knows the old key only. */
    boolean needsNode() {
        return false;
    }

    /** How the proof names whom it waits for. */
    String blocker() {
        return "process ";
    }

    /** Who takes the proof. */
    String login() {
        return "postgres";
    }

    /** Counts what it brings where the test's own count does not look. */
    String strayValues() {
        return "SELECT 0";
    }

    /** Takes back what {@link Site#clean} does not know of. */
    void undo(Site site) throws Exception {}
}
