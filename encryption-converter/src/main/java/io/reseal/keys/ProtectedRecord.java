package io.reseal.keys;

import java.util.regex.Pattern;

/**
 * Something that the key store keeps beside its keys and protects like them, for example a policy or an approval. It is
 * replaced, and never deleted.
 *
 * @param kind what it is: 1 to 64 lower-case letters, digits, underscores and hyphens, first a letter
 * @param id which one of its kind: 1 to 200 letters, digits and {@code . _ : / -}
 * @param body JSON, without secrets; an older release must be able to carry it without understanding it
 */
public record ProtectedRecord(String kind, String id, String body) {

    private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_-]{0,63}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:/-]{1,200}");

    public ProtectedRecord {
        if (!isName(kind, id)) {
            throw new IllegalArgumentException(
                    "The record " + kind + " '" + id + "' does not match " + KIND.pattern() + " and " + ID.pattern());
        }
    }

    /** Whether a record may be called that. */
    public static boolean isName(String kind, String id) {
        return KIND.matcher(kind).matches() && ID.matcher(id).matches();
    }

    /** Bodies may say much about people: only the name. */
    @Override
    public String toString() {
        return kind + " " + id;
    }
}
