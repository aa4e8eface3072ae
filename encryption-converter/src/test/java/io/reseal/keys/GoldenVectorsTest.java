package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import io.reseal.crypto.FieldCipher;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was sealed once opens for ever: the file only grows. */
class GoldenVectorsTest {

    /** Of the first lines, as they were released; a new release adds a pair, and changes none. */
    private static final int RELEASED_LINES = 4;

    private static final String RELEASED_DIGEST = "75e0c431b9913e6919d73bdbb8f6c77aa113087ac450c58a196348ec0af75a54";

    static List<GoldenVector> vectors() throws Exception {
        return GoldenVector.all();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void everyVectorOpens(GoldenVector vector) throws Exception {
        try (KeyRegistry keys = vector.registry()) {
            FieldCipher cipher = new FieldCipher(keys, vector.context());
            assertThat(cipher.open(vector.binary())).isEqualTo(vector.plaintext());
            assertThat(cipher.openText(vector.text())).isEqualTo(vector.plaintext());
        }
    }

    /** The associated data is spelled out here as the document has it, without the product's own code. */
    @ParameterizedTest
    @MethodSource("vectors")
    void plainTinkOpensEveryVector(GoldenVector vector) throws Exception {
        byte[] label = "reseal/field/v1".getBytes(StandardCharsets.UTF_8);
        byte[] context = vector.context().getBytes(StandardCharsets.UTF_8);
        byte[] associatedData = ByteBuffer.allocate(8 + label.length + context.length)
                .putInt(label.length)
                .put(label)
                .putInt(context.length)
                .put(context)
                .array();
        assertThat(tink(vector).decrypt(vector.binary(), associatedData)).isEqualTo(vector.plaintext());
    }

    @Test
    void releasedVectorsNeverChange() throws Exception {
        String released = String.join("\n", GoldenVector.lines().subList(0, RELEASED_LINES));
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(released.getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(digest)).isEqualTo(RELEASED_DIGEST);
    }

    @Test
    void theDocumentPrintsTheSameVectors() throws Exception {
        List<String> document = Files.readAllLines(Path.of("..", "docs", "ciphertext-format.md"));
        assertThat(document).containsSequence(GoldenVector.lines());
    }

    private static Aead tink(GoldenVector vector) throws Exception {
        AeadConfig.register();
        AesGcmParameters parameters = AesGcmParameters.builder()
                .setKeySizeBytes(32)
                .setIvSizeBytes(12)
                .setTagSizeBytes(16)
                .setVariant(AesGcmParameters.Variant.TINK)
                .build();
        int id = vector.id().type().code() << 24 | vector.id().version();
        AesGcmKey key = AesGcmKey.builder()
                .setParameters(parameters)
                .setKeyBytes(SecretBytes.copyFrom(vector.key(), InsecureSecretKeyAccess.get()))
                .setIdRequirement(id)
                .build();
        return KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.importKey(key).withFixedId(id).makePrimary())
                .build()
                .getPrimitive(RegistryConfiguration.get(), Aead.class);
    }
}
