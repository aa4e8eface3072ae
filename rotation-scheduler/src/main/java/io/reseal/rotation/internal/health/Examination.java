package io.reseal.rotation.internal.health;

import io.reseal.database.ResealDatabase;
import io.reseal.keys.KeyPolicy;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyType;
import io.reseal.rotation.alert.AlertKind;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.internal.event.Failure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All looks, one after the other: what one of them cannot do keeps no other one from being done. */
public final class Examination {

    private static final Logger LOG = LoggerFactory.getLogger(Examination.class);

    private final List<Look> looks;
    private final DatabaseTls database;
    private final NoticeTls notices;

    /**
     * What there is to look at.
     *
     * @param database holds the rotation schema
     * @param deliveries those that are open in this process
     */
    public Examination(
            KeyRegistry keys, ResealDatabase database, Function<KeyType, KeyPolicy> policies, Deliveries deliveries) {
        this.database = new DatabaseTls(database);
        this.notices = new NoticeTls(deliveries);
        this.looks = List.of(
                new KeyStoreState(keys),
                new KekProbe(keys),
                new KeyAges(keys, policies),
                new TaskTimes(database),
                new EventDelays(database),
                new Stalls(database),
                new Leases(keys, database),
                new Quarantine(database),
                new UndeclaredCiphertext(keys, database),
                this.database,
                notices);
    }

    /**
     * What was found.
     *
     * @param told the kinds of alerts that tell of it, and of nothing else
     * @param seen those of them whose cause would have been found if it were there
     */
    public record Result(List<HealthFinding> findings, Set<AlertKind> told, Set<AlertKind> seen) {

        public Result {
            findings = List.copyOf(findings);
        }
    }

    public Result at(Instant now) {
        List<HealthFinding> findings = new ArrayList<>();
        Set<AlertKind> told = EnumSet.of(AlertKind.HEALTH_UNKNOWN);
        Set<AlertKind> seen = EnumSet.of(AlertKind.HEALTH_UNKNOWN);
        for (Look look : looks) {
            told.addAll(look.kinds());
            try {
                findings.addAll(look.at(now));
                if (look.sawAll()) {
                    seen.addAll(look.kinds());
                }
            } catch (RuntimeException e) {
                LOG.warn("The health check could not look at the {}", look.check(), e);
                findings.add(unknown(look.check(), e));
            }
        }
        return new Result(findings, told, seen);
    }

    /** What this process connects to; tells nobody. */
    public List<Connection> connections() {
        return Stream.concat(Stream.of(database.connection()), notices.connections().stream())
                .toList();
    }

    private static HealthFinding unknown(HealthFinding.Check check, RuntimeException e) {
        return HealthFinding.of(
                AlertKind.HEALTH_UNKNOWN,
                check,
                AlertSubject.check(check),
                "it could not be looked at: " + Failure.described(e),
                "it can be looked at");
    }
}
