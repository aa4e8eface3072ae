package io.reseal.internal.store;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import io.reseal.ResealConfigurationException;
import io.reseal.ResealSettings;
import io.reseal.keys.spi.KeyEncryption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A KEK for development: an AES-256-GCM key in a Tink JSON keyset, in the clear, in a file that only its owner reads. */
public final class LocalKeyFile implements KeyEncryption {

    private static final Logger LOG = LoggerFactory.getLogger(LocalKeyFile.class);
    private static final Configuration TINK = tink();

    private final String id;
    private final Aead aead;

    private LocalKeyFile(KeysetHandle handle) throws GeneralSecurityException {
        id = "local-key-file:" + HexFormat.of().toHexDigits(handle.getPrimary().getId());
        aead = handle.getPrimitive(TINK, Aead.class);
    }

    /**
     * Reads the file.
     *
     * @throws ResealConfigurationException if it cannot be read as a keyset
     */
    public static LocalKeyFile read(Path file) {
        try {
            String json = Files.readString(file);
            LocalKeyFile kek =
                    new LocalKeyFile(TinkJsonProtoKeysetFormat.parseKeyset(json, TINK, InsecureSecretKeyAccess.get()));
            warnIfOthersRead(file);
            LOG.warn("The KEK is the local key file {}: for development only, set reseal.kek elsewhere", file);
            return kek;
        } catch (IOException e) {
            throw unusable(file, "cannot be read", e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw unusable(file, "does not hold a Tink JSON keyset with an AEAD key", e);
        }
    }

    /**
     * Makes the file, unless another process is faster, and reads it.
     *
     * @throws ResealConfigurationException if it cannot be made or read
     */
    public static LocalKeyFile create(Path file) {
        try {
            KeysetHandle handle = KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, TINK);
            write(
                    file.toAbsolutePath(),
                    TinkJsonProtoKeysetFormat.serializeKeyset(handle, TINK, InsecureSecretKeyAccess.get()));
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(file, "cannot be made", e);
        }
        return read(file);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] wrap(byte[] keyset, byte[] associatedData) throws GeneralSecurityException {
        return aead.encrypt(keyset, associatedData);
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] associatedData) throws GeneralSecurityException {
        return aead.decrypt(wrapped, associatedData);
    }

    /** Appears complete or not at all, and never replaces another: a link to a file that is complete. */
    private static void write(Path file, String json) throws IOException {
        Path directory = Objects.requireNonNull(file.getParent(), "a file is in a directory");
        Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
        Path draft = Files.createTempFile(directory, ".kek", ".tmp", ownerOnly(directory, "rw-------"));
        try {
            writeToDisk(draft, json);
            place(draft, file);
        } catch (FileAlreadyExistsException e) {
            LOG.debug("Another process made {} first", file, e);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** On the disk before it has its name: no crash leaves keys behind whose KEK is an empty file. */
    private static void writeToDisk(Path draft, String json) throws IOException {
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void warnIfOthersRead(Path file) throws IOException {
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.GROUP_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_READ)) {
                LOG.warn("Others than its owner may read the local key file {}: take that from them (chmod 600)", file);
            }
        }
    }

    private static void place(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft);
        } catch (UnsupportedOperationException e) {
            LOG.debug("No links in this file system", e);
            Files.move(draft, file);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static Configuration tink() {
        try {
            AeadConfig.register();
            return RegistryConfiguration.get();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("Tink registers its own AEADs", e);
        }
    }

    private static ResealConfigurationException unusable(Path file, String problem, Exception cause) {
        return new ResealConfigurationException(
                "The local key file " + file + " (" + ResealSettings.KEK_FILE + ") " + problem
                        + ". Restore it, or let " + ResealSettings.KEK_FILE + " name the right one; without it the keys"
                        + " that it wrapped cannot be opened",
                cause);
    }
}
