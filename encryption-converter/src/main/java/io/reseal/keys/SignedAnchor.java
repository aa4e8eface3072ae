package io.reseal.keys;

import com.google.crypto.tink.util.Bytes;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an anchor holds. Brings the key of its MAC, wrapped by the KEK: an anchor is believed also when it is all that is left.
 *
 * @param body what the MAC covers
 */
record SignedAnchor(StoreKey key, AnchorState state, String body, Bytes mac) {

    private static final String TITLE = "reseal/anchor/v1";
    private static final Pattern TEXT = Pattern.compile(
            "(" + TITLE + "\nkek (\\S{0,1000})\nkey ((?:[0-9a-f]{2}){0,4000})\n(.*))mac ((?:[0-9a-f]{2}){0,256})\n",
            Pattern.DOTALL);

    static String text(StoreKey key, AnchorState state, Function<String, byte[]> mac) {
        String body = TITLE + "\nkek " + URLEncoder.encode(key.kekId(), StandardCharsets.UTF_8) + "\nkey "
                + hex(key.wrapped().toByteArray()) + "\n" + state.text();
        return body + "mac " + hex(mac.apply(body)) + "\n";
    }

    /** Empty if it is no {@link #text}. */
    static Optional<SignedAnchor> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return parts.matches()
                ? AnchorState.parse(parts.group(4)).flatMap(state -> of(state, parts))
                : Optional.empty();
    }

    private static Optional<SignedAnchor> of(AnchorState state, Matcher parts) {
        try {
            String kekId = URLDecoder.decode(parts.group(2), StandardCharsets.UTF_8);
            StoreKey key = new StoreKey(state.store(), kekId, bytes(parts.group(3)));
            return Optional.of(new SignedAnchor(key, state, parts.group(1), bytes(parts.group(5))));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // the KEK's name is not what was encoded
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Bytes bytes(String hex) {
        return Bytes.copyFrom(HexFormat.of().parseHex(hex));
    }
}
