package io.reseal.internal.audit;

import io.reseal.database.DatabaseProduct;
import io.reseal.database.ResealDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Triggers that refuse UPDATE and DELETE on the audit log: a hurdle against hasty hands, never the proof. H2 has none, because
 * its triggers are classes on the server's class path.
 */
public final class AuditHurdle {

    private static final Logger LOG = LoggerFactory.getLogger(AuditHurdle.class);
    private static final String LAST_TRIGGER = "reseal_audit_chain_only_grows";

    private final ResealDatabase database;

    public AuditHurdle(ResealDatabase database) {
        this.database = database;
    }

    /** Puts the triggers in place; where the database's user may not make them, says so, and the audit log works without. */
    public void install() {
        if (database.product() == DatabaseProduct.H2 || isInPlace()) {
            return;
        }
        try {
            database.jdbi()
                    .useTransaction(handle -> handle.createScript(script()).executeAsSeparateStatements());
        } catch (JdbiException e) {
            if (!isInPlace()) {
                LOG.warn(
                        "UPDATE and DELETE on the audit log are not refused by the database, because its triggers could not"
                                + " be made. Verification finds changes all the same; to have the hurdle too, run {} as the"
                                + " owner of the tables",
                        resource(),
                        e);
            }
        }
    }

    private boolean isInPlace() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(query())
                        .bind("name", LAST_TRIGGER)
                        .mapTo(Integer.class)
                        .findFirst()
                        .isPresent());
    }

    private String query() {
        return switch (database.product()) {
            case POSTGRESQL ->
                "SELECT 1 FROM pg_trigger WHERE tgname = :name AND tgrelid = to_regclass('reseal_audit_chain')";
            case MARIADB ->
                "SELECT 1 FROM information_schema.triggers WHERE trigger_name = :name AND trigger_schema = DATABASE()";
            case H2 -> throw new IllegalStateException("H2 has no hurdle");
        };
    }

    private String script() {
        try (InputStream stream =
                Objects.requireNonNull(AuditHurdle.class.getResourceAsStream("/" + resource()), resource())) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(resource(), e);
        }
    }

    private String resource() {
        return "io/reseal/schema/keystore/" + database.product().name().toLowerCase(Locale.ROOT)
                + "/audit-only-grows.sql";
    }
}
