package io.reseal.rotation.destruction;

import io.reseal.keys.KeyType;
import java.util.regex.Pattern;

/**
 * Something outside Reseal's tables that holds values under the keys of one type, so that Reseal cannot count them.
 *
 * @param name unique for the key type: 1 to 64 lower-case letters, digits, full stops, underscores and hyphens
 */
public record Dependant(String name, Kind kind, KeyType keyType) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    public Dependant {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("The name '" + name + "' does not match " + NAME.pattern());
        }
    }

    /** What it is. */
    public enum Kind {
        /** Files, objects, exports. */
        FILE_STORE,
        /** Sessions, for example in Redis. */
        SESSION_STORE,
        /** Signatures that somebody still verifies. */
        SIGNATURE_STORE,
        /** Copies of values, opened or not. */
        CACHE,
        /** Reads change data and opens it, later perhaps. */
        CONSUMER
    }

    @Override
    public String toString() {
        return kind + " " + name;
    }
}
