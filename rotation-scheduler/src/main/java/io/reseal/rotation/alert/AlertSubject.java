package io.reseal.rotation.alert;

import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.rotation.Health;
import io.reseal.rotation.health.HealthFinding;
import io.reseal.rotation.internal.alert.OneLine;
import io.reseal.rotation.maintenance.MaintenanceWindow;

/**
 * What an {@link Alert} is about.
 *
 * @param name among those of its sort; at most 1,024 characters, and control characters become spaces
 */
public record AlertSubject(Sort sort, String name) {

    private static final int MAX = 1_024;

    public AlertSubject {
        if (name.isBlank() || name.length() > MAX) {
            throw new IllegalArgumentException("The subject of an alert has " + name.length()
                    + " characters: it needs a name of at most " + MAX + " characters");
        }
        name = OneLine.of(name);
    }

    /** What sorts of things alerts are about. */
    public enum Sort {
        /** A key version. */
        KEY,
        /** A key type. */
        KEY_TYPE,
        /** A column, by the context that its values are bound to. */
        COLUMN,
        /** A process. */
        NODE,
        /** The key store, of which there is one. */
        KEY_STORE,
        /** A way by which alerts reach people. */
        CHANNEL,
        /** What wraps keys. */
        KEK,
        /** A task of the scheduler. */
        TASK,
        /** A part of {@link Health}. */
        CHECK,
        /** What Reseal connects to. */
        CONNECTION,
        /** A {@link MaintenanceWindow}. */
        WINDOW,
        /** A quarterly review. */
        REVIEW;

        @Override
        public String toString() {
            return switch (this) {
                case KEY -> "key";
                case KEY_TYPE -> "key type";
                case COLUMN -> "column";
                case NODE -> "node";
                case KEY_STORE -> "key store";
                case CHANNEL -> "channel";
                case KEK -> "KEK";
                case TASK -> "task";
                case CHECK -> "check";
                case CONNECTION -> "connection";
                case WINDOW -> "maintenance window";
                case REVIEW -> "review";
            };
        }
    }

    /** A key version. */
    public static AlertSubject key(KeyId key) {
        return new AlertSubject(Sort.KEY, key.toString());
    }

    /** A key type. */
    public static AlertSubject keyType(KeyType type) {
        return new AlertSubject(Sort.KEY_TYPE, type.name());
    }

    /** A column, by the context that its values are bound to. */
    public static AlertSubject column(String context) {
        return new AlertSubject(Sort.COLUMN, context);
    }

    /** A process, by the name that it gives itself. */
    public static AlertSubject node(String name) {
        return new AlertSubject(Sort.NODE, name);
    }

    /** The key store. */
    public static AlertSubject keyStore() {
        return new AlertSubject(Sort.KEY_STORE, "reseal_keystore");
    }

    /** A way by which alerts reach people, by its name. */
    public static AlertSubject channel(String name) {
        return new AlertSubject(Sort.CHANNEL, name);
    }

    /** What wraps keys, by the id that it gives itself. */
    public static AlertSubject kek(String id) {
        return new AlertSubject(Sort.KEK, id);
    }

    /** A task of the scheduler, by its name. */
    public static AlertSubject task(String name) {
        return new AlertSubject(Sort.TASK, name);
    }

    /** A part of {@link Health}. */
    public static AlertSubject check(HealthFinding.Check check) {
        return new AlertSubject(Sort.CHECK, check.toString());
    }

    /** What Reseal connects to, by what it is for. */
    public static AlertSubject connection(String name) {
        return new AlertSubject(Sort.CONNECTION, name);
    }

    /** A maintenance window, by its id. */
    public static AlertSubject window(String id) {
        return new AlertSubject(Sort.WINDOW, id);
    }

    /** A quarterly review, by its quarter. */
    public static AlertSubject review(String quarter) {
        return new AlertSubject(Sort.REVIEW, quarter);
    }

    /** For example {@code column patient.diagnosis}. */
    @Override
    public String toString() {
        return sort + " " + name;
    }
}
