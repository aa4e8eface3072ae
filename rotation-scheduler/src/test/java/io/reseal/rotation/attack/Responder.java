package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.keys.KeyType;
import io.reseal.rotation.Authority;
import io.reseal.rotation.Incident;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.Person;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Optional;

/**
 * A process in which somebody calls an emergency out when told to.
 *
 * <p>Arguments: URL, local key file, refresh interval and lease of the keys.
 */
public final class Responder {

    private Responder() {}

    static Person officer() {
        return new Authority("sso", login -> Optional.of("1001")).person(() -> "officer");
    }

    public static void main(String[] arguments) throws IOException {
        KeyRotation rotation =
                KeyRotation.open(Mapping.settings(arguments[0], arguments[1], arguments[2], arguments[3]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        System.out.println("ready");
        while (orders.readLine() != null) {
            Incident incident = rotation.emergency().rotate(KeyType.DATABASE_ENCRYPTION, officer(), "key was stolen");
            System.out.println("running " + incident.response().run().orElseThrow());
        }
        Runtime.getRuntime().halt(0);
    }
}
