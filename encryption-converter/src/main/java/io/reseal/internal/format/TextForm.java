package io.reseal.internal.format;

import io.reseal.UnknownKeyException;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyType;
import io.reseal.keys.KeyTypes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a sealed value: {@code rs:<tag>:<version>:<base64url without padding>}. */
public final class TextForm {

    private static final Pattern FORM =
            Pattern.compile("rs:([a-z0-9]{1,16}):([1-9][0-9]{0,7}):([A-Za-z0-9_-]+)", Pattern.DOTALL);
    private static final int VERSION_DIGITS = 8;

    private TextForm() {}

    /** The text form of a sealed value under a key of {@code type}. */
    public static String encode(KeyType type, byte[] sealed) {
        int version = ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt() & KeyId.MAX_VERSION;
        byte[] body = Arrays.copyOfRange(sealed, KeyId.HEADER_LENGTH, sealed.length);
        return new KeyId(type, version).textPrefix()
                + Base64.getUrlEncoder().withoutPadding().encodeToString(body);
    }

    /**
     * The sealed bytes, or empty if this is not the one text form of any sealed value.
     *
     * @throws UnknownKeyException if it has the form, and names a key type or version that does not exist
     */
    public static Optional<byte[]> decode(String text, KeyTypes types) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int version = Integer.parseInt(matcher.group(2));
        Optional<KeyType> type = types.withTag(matcher.group(1));
        if (type.isEmpty() || version > KeyId.MAX_VERSION) {
            throw new UnknownKeyException("The value was sealed under version " + version + " of a key type with tag '"
                    + matcher.group(1) + "', which does not exist here. Upgrade Reseal on this node, or connect the"
                    + " application that sealed it");
        }
        KeyId key = new KeyId(type.get(), version);
        return body(matcher.group(3))
                .map(body -> concat(key.header(), body))
                .filter(value -> encode(type.get(), value).equals(text));
    }

    /** The longest text form, in characters, of a sealed value of that many bytes. */
    public static long maxLength(KeyType type, long sealedBytes) {
        long body = sealedBytes - KeyId.HEADER_LENGTH;
        return "rs:".length() + type.tag().length() + 1 + VERSION_DIGITS + 1 + (body * 4 + 2) / 3;
    }

    private static Optional<byte[]> body(String base64) {
        try {
            return Optional.of(Base64.getUrlDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] concat(byte[] header, byte[] body) {
        byte[] sealed = Arrays.copyOf(header, header.length + body.length);
        System.arraycopy(body, 0, sealed, header.length, body.length);
        return sealed;
    }
}
