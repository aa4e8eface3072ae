package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.ResealSettings;
import io.reseal.rotation.KeyRotation;
import io.reseal.rotation.RotationScheduler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;

/**
 * A node whose scheduler looks every second what is due, and executes it.
 *
 * <p>Arguments: URL, local key file.
 */
public final class SchedulingNode {

    private SchedulingNode() {}

    /** What every node of a test is told. */
    static Map<String, String> settings(String url, String keyFile) {
        Map<String, String> settings = new HashMap<>();
        settings.put(ResealSettings.KEY_STORE, url);
        settings.put(ResealSettings.KEY_STORE_USER, "postgres");
        settings.put(ResealSettings.KEY_STORE_PASSWORD, "");
        settings.put(ResealSettings.KEK_FILE, keyFile);
        settings.put(ResealSettings.REFRESH, "PT0.2S");
        settings.put(ResealSettings.LEASE, "PT1S");
        settings.put("reseal.scheduler.cron.automated_key_rotation_check", "* * * * * ?");
        settings.put("reseal.scheduler.cron.execute_scheduled_key_rotations", "* * * * * ?");
        settings.put("reseal.scheduler.cron.key_rotation_cleanup", "off");
        settings.put("reseal.scheduler.effort", "full");
        settings.put("reseal.scheduler.takeover", "PT3S");
        return settings;
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> settings = settings(arguments[0], arguments[1]);
        KeyRotation rotation = KeyRotation.open(settings);
        RotationScheduler scheduler = RotationScheduler.open(rotation, settings).start();
        System.out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
        scheduler.close();
        rotation.close();
        System.out.println("closed");
    }
}
