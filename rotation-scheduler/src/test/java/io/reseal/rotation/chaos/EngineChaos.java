package io.reseal.rotation.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.reseal.rotation.attack.Scene;
import io.reseal.rotation.reencryption.Proof;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Applications and engines in processes of their own under every {@link Fault}, in rounds that end with a check. */
class EngineChaos {

    @TempDir
    Path directory;

    @Test
    void nothingIsLostOrDoneTwiceOrLeftBehindWhateverHappens() throws Exception {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.OFF); // it is all meant to happen
        Setup setup = Setup.fromSystemProperties();
        ChaosNode.say("chaos: " + setup.command());
        Path journals = Files.createDirectories(directory.resolve("journals"));
        try (Server server = new Server(directory.resolve("data"));
                Scene scene = Scene.unwatched(server.database(), directory)) {
            Witness.install(server.witness());
            try (Cast cast = new Cast(server, scene.keyFile(), journals, new Random(setup.seed()))) {
                Tally tally = new Tally(System::nanoTime);
                Timeline timeline = new Timeline(server::witness, tally);
                ChaosNode.background("timeline", timeline);
                List<String> violations =
                        rounds(setup, server, cast, tally, new Referee(server, scene, cast, journals));
                timeline.stop();
                String report = new Report(setup, violations)
                        .faults(tally, cast)
                        .work(server.witness())
                        .time(tally, timeline)
                        .write();
                System.out.println(report);
                assertThat(violations).as(setup.command()).isEmpty();
                assertThat(tally.counts()).as("faults that happened").doesNotContainValue(0);
                assertThat(tally.transactionsFrozen()).isPositive();
            }
        }
    }

    /** Ends with the first round in which something went wrong. */
    private static List<String> rounds(Setup setup, Server server, Cast cast, Tally tally, Referee referee)
            throws Exception {
        Plan plan = new Plan(setup.seed());
        cast.awaitReady();
        new Awakenings(server, cast, tally).all();
        List<String> violations = new ArrayList<>();
        while (true) {
            Injector injector = new Injector(setup, server, cast, tally);
            inject(plan, injector, tally, tally.now().plus(setup.round()));
            injector.end();
            violations.addAll(referee.violations());
            if (!violations.isEmpty()) {
                cast.dumpThreads();
                return violations;
            }
            if (tally.now().compareTo(setup.length()) >= 0) {
                return last(cast, referee);
            }
            referee.goOn();
        }
    }

    private static List<String> last(Cast cast, Referee referee) throws Exception {
        for (NodeSlot engine : cast.engines()) {
            engine.process().kill();
        }
        List<String> violations = new ArrayList<>(referee.openRuns());
        referee.proofs().stream()
                .filter(proof -> !proof.holds())
                .map(Proof::toString)
                .forEach(violations::add);
        return violations;
    }

    /** A step whose target is busy comes later, and so does one that came to nothing. */
    private static void inject(Plan plan, Injector injector, Tally tally, Duration until) throws InterruptedException {
        List<Step> later = new ArrayList<>();
        while (tally.now().compareTo(until) < 0) {
            later = new ArrayList<>(
                    later.stream().filter(step -> !injector.begin(step)).toList());
            later.addAll(injector.again());
            Step step = plan.next();
            Thread.sleep(step.rest().toMillis());
            if (!injector.begin(step)) {
                later.add(step);
            }
        }
    }
}
