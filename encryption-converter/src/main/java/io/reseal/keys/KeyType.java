package io.reseal.keys;

import java.util.regex.Pattern;

/**
 * What a key protects, for example {@code token_encryption}; one purpose per key (NIST SP 800-57 part 1, 5.2).
 *
 * <p>Name, code and tag are stored with every sealed value and are therefore never reused.
 *
 * @param name the name on the wire: 1 to 64 lower-case letters, digits and underscores, first a letter
 * @param code the type's byte in a binary sealed value, 1 to 127
 * @param tag the type's tag in a sealed text value: 1 to 16 lower-case letters and digits
 */
public record KeyType(String name, int code, String tag) {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");
    private static final Pattern TAG = Pattern.compile("[a-z0-9]{1,16}");
    private static final int MAX_CODE = 127;

    /** OAuth tokens, API keys and session tokens in tables. */
    public static final KeyType TOKEN_ENCRYPTION = new KeyType("token_encryption", 1, "tok");

    /** Sensitive database fields: the default of {@link io.reseal.Encrypted}. */
    public static final KeyType DATABASE_ENCRYPTION = new KeyType("database_encryption", 2, "db");

    /** Uploaded files, exports and backups. */
    public static final KeyType FILE_ENCRYPTION = new KeyType("file_encryption", 3, "file");

    /** Session data in Redis or another session store. */
    public static final KeyType SESSION_ENCRYPTION = new KeyType("session_encryption", 4, "ses");

    /** Webhook and API request signatures. */
    public static final KeyType API_SIGNATURE = new KeyType("api_signature", 5, "sig");

    public KeyType {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("Key type name '" + name + "' does not match " + NAME.pattern());
        }
        if (code < 1 || code > MAX_CODE) {
            throw new IllegalArgumentException("Key type " + name + ": code " + code + " is not in 1.." + MAX_CODE);
        }
        if (!TAG.matcher(tag).matches()) {
            throw new IllegalArgumentException(
                    "Key type " + name + ": tag '" + tag + "' does not match " + TAG.pattern());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
