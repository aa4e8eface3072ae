package io.reseal.audit;

import com.google.crypto.tink.util.Bytes;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry's place in the audit log, and its mac. As the last entry of a chain it stands for all that came before it: keep it
 * outside the database, and truncation is found.
 *
 * @param seq counted from 1 in each chain
 * @param mac over the entry and the mac before it
 */
public record AuditHead(String chain, long seq, Bytes mac) {

    private static final Pattern TEXT = Pattern.compile("(.+):(\\d{1,19}):((?:[0-9a-f]{2})*)", Pattern.DOTALL);

    /** {@code chain:seq:mac}, the mac in hexadecimal digits. */
    public String text() {
        return chain + ":" + seq + ":" + HexFormat.of().formatHex(mac.toByteArray());
    }

    /**
     * Reads {@link #text}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static AuditHead parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no head of an audit chain: chain:seq:mac");
        }
        return new AuditHead(
                parts.group(1),
                Long.parseLong(parts.group(2)),
                Bytes.copyFrom(HexFormat.of().parseHex(parts.group(3))));
    }

    @Override
    public String toString() {
        return text();
    }
}
