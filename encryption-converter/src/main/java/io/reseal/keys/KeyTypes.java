package io.reseal.keys;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The key types that one application knows, found by name, code or tag. Immutable. */
public final class KeyTypes {

    private static final KeyTypes STANDARD = new KeyTypes(List.of(
            KeyType.TOKEN_ENCRYPTION,
            KeyType.DATABASE_ENCRYPTION,
            KeyType.FILE_ENCRYPTION,
            KeyType.SESSION_ENCRYPTION,
            KeyType.API_SIGNATURE));

    /** Codes below are Reseal's. */
    private static final int FIRST_OWN_CODE = 16;

    private final List<KeyType> all;
    private final Map<String, KeyType> byName;
    private final Map<Integer, KeyType> byCode;
    private final Map<String, KeyType> byTag;

    private KeyTypes(Collection<KeyType> types) {
        all = List.copyOf(types);
        byName = index(KeyType::name);
        byCode = index(KeyType::code);
        byTag = index(KeyType::tag);
    }

    /** The five key types that every application has. */
    public static KeyTypes standard() {
        return STANDARD;
    }

    /**
     * These key types and one of the application's own.
     *
     * @throws IllegalArgumentException if its code is less than {@value #FIRST_OWN_CODE}, or one has its name, code or tag
     */
    public KeyTypes with(KeyType own) {
        if (own.code() < FIRST_OWN_CODE) {
            throw new IllegalArgumentException(
                    "Key type " + own + ": code " + own.code() + " is reserved, use " + FIRST_OWN_CODE + " to 127");
        }
        if (byName.containsKey(own.name()) || byCode.containsKey(own.code()) || byTag.containsKey(own.tag())) {
            throw new IllegalArgumentException("Key type " + own + ": its name, its code " + own.code()
                    + " or its tag '" + own.tag() + "' is that of another key type");
        }
        List<KeyType> types = new ArrayList<>(all);
        types.add(own);
        return new KeyTypes(types);
    }

    public List<KeyType> all() {
        return all;
    }

    /**
     * The key type of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the known names
     */
    public KeyType named(String name) {
        return withName(name)
                .orElseThrow(() -> new IllegalArgumentException("Unknown key type '" + name + "'. Known key types: "
                        + all.stream().map(KeyType::name).collect(Collectors.joining(", "))));
    }

    public Optional<KeyType> withName(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<KeyType> withCode(int code) {
        return Optional.ofNullable(byCode.get(code));
    }

    public Optional<KeyType> withTag(String tag) {
        return Optional.ofNullable(byTag.get(tag));
    }

    /** Damaged bytes mostly name key types that do not exist: no reason to ask the key store. */
    boolean isPossible(int tinkKeyId) {
        return withCode(tinkKeyId >>> 24).isPresent() && (tinkKeyId & KeyId.MAX_VERSION) != 0;
    }

    /** The key with an id that {@link #isPossible}. */
    KeyId key(int tinkKeyId) {
        return new KeyId(withCode(tinkKeyId >>> 24).orElseThrow(), tinkKeyId & KeyId.MAX_VERSION);
    }

    /** Names a key by its id, also one of a key type that is not among these. */
    String describe(int tinkKeyId) {
        int code = tinkKeyId >>> 24;
        return withCode(code).map(KeyType::name).orElse("a key type with code " + code) + " version "
                + (tinkKeyId & KeyId.MAX_VERSION);
    }

    private <K> Map<K, KeyType> index(Function<KeyType, K> key) {
        return all.stream().collect(Collectors.toUnmodifiableMap(key, Function.identity()));
    }
}
