package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyType;
import io.reseal.rotation.Authority;
import io.reseal.rotation.EmergencyRotation;
import io.reseal.rotation.Incident;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.Person;
import io.reseal.rotation.reencryption.ReencryptionOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A process in which somebody calls an emergency out when told to.
 *
 * <p>Arguments: URL, local key file, refresh interval and lease of the keys.
 */
public final class Responder {

    /** What it held when it was killed is free again soon. */
    private static final ReencryptionOptions OPTIONS = EmergencyRotation.TOP_PRIORITY.withLease(Duration.ofSeconds(2));

    private Responder() {}

    static Person officer() {
        return new Authority("sso", login -> Optional.of("1001")).person(() -> "officer");
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, Object> settings = Mapping.settings(arguments[0], arguments[1], arguments[2], arguments[3]);
        settings.put(ResealSettings.FOLLOW, "PT0S");
        KeyRotation rotation = KeyRotation.open(settings);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        System.out.println("ready");
        while (orders.readLine() != null) {
            Incident called =
                    rotation.emergency().rotate(KeyType.DATABASE_ENCRYPTION, officer(), "key was stolen", OPTIONS);
            Incident incident = rotation.emergency().await(called.key(), Duration.ofSeconds(80));
            System.out.println("running " + incident.response().run().orElseThrow());
        }
        Runtime.getRuntime().halt(0);
    }
}
