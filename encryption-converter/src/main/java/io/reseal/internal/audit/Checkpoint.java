package io.reseal.internal.audit;

import com.google.crypto.tink.util.Bytes;
import io.reseal.audit.AuditHead;
import io.reseal.internal.format.AssociatedData;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A signed statement of where chains ended, as one line of JSON.
 *
 * @param number counted from 1 in each sink
 * @param previous the {@link #hash} of the line before; empty for the first
 * @param heads of the chains that grew since the checkpoint before
 */
record Checkpoint(String sink, long number, Instant time, String previous, List<AuditHead> heads) {

    private static final JsonMapper JSON = JsonMapper.shared();

    Checkpoint {
        heads = List.copyOf(heads);
    }

    /** A checkpoint as it stands in a sink. */
    record Signed(Checkpoint checkpoint, Bytes key, Bytes signature) {}

    /** What is signed. */
    byte[] message() {
        List<String> parts = new ArrayList<>(
                List.of("reseal/audit-checkpoint/v1", sink, Long.toString(number), time.toString(), previous));
        heads.forEach(head -> parts.add(head.text()));
        return AssociatedData.of(parts.toArray(String[]::new));
    }

    /** SHA-256 of a line, in hexadecimal digits. */
    static String hash(String line) {
        try {
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }

    static String line(Signed signed) {
        Checkpoint checkpoint = signed.checkpoint();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("sink", checkpoint.sink());
        fields.put("number", checkpoint.number());
        fields.put("time", checkpoint.time().toString());
        fields.put("previous", checkpoint.previous());
        fields.put("heads", checkpoint.heads().stream().map(AuditHead::text).toList());
        fields.put("key", base64(signed.key()));
        fields.put("signature", base64(signed.signature()));
        return JSON.writeValueAsString(fields);
    }

    /** Empty if the line is not, to the byte, what {@link #line} makes. */
    static Optional<Signed> read(String line) {
        try {
            JsonNode fields = JSON.readTree(line);
            Checkpoint checkpoint = new Checkpoint(
                    fields.required("sink").asString(),
                    fields.required("number").asLong(),
                    Instant.parse(fields.required("time").asString()),
                    fields.required("previous").asString(),
                    StreamSupport.stream(fields.required("heads").spliterator(), false)
                            .map(head -> AuditHead.parse(head.asString()))
                            .toList());
            Signed signed = new Signed(checkpoint, bytes(fields, "key"), bytes(fields, "signature"));
            return line(signed).equals(line) ? Optional.of(signed) : Optional.empty();
        } catch (JacksonException | java.time.DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static Bytes bytes(JsonNode fields, String name) {
        return Bytes.copyFrom(Base64.getDecoder().decode(fields.required(name).asString()));
    }
}
