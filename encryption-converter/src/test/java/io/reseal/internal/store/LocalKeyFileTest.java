package io.reseal.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.reseal.keys.spi.KeyEncryption;
import io.reseal.keys.spi.KeyEncryptionContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LocalKeyFileTest {

    private static final int PROCESSES = 8;
    private static final byte[] BOUND_TO = {1};

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("new").resolve("kek.json");
    }

    @Nested
    class Contract extends KeyEncryptionContract {

        private int count;

        @Override
        protected KeyEncryption another() {
            return LocalKeyFile.create(directory.resolve("kek-" + count++ + ".json"));
        }
    }

    @Test
    void whatItWrapsOpensAfterItIsReadAgain() throws Exception {
        byte[] wrapped = LocalKeyFile.create(file).wrap(new byte[] {7}, BOUND_TO);
        assertThat(LocalKeyFile.read(file).unwrap(wrapped, BOUND_TO)).containsExactly(7);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void onlyTheOwnerMayReadIt() throws Exception {
        LocalKeyFile.create(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void warnsOfAFileThatOthersMayRead() throws Exception {
        LocalKeyFile.create(file);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(LocalKeyFile.class);
        logger.addAppender(log);
        log.start();
        try {
            LocalKeyFile.read(file);
            assertThat(log.list).extracting(ILoggingEvent::getMessage).noneMatch(line -> line.contains("chmod 600"));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            LocalKeyFile.read(file);
            assertThat(log.list)
                    .extracting(ILoggingEvent::getMessage)
                    .filteredOn(line -> line.contains("chmod 600"))
                    .hasSize(1);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void processesThatStartAtOnceEndUpWithOneKey() throws Exception {
        Callable<String> idOfNewFile = () -> LocalKeyFile.create(file).id();
        ExecutorService threads = Executors.newFixedThreadPool(PROCESSES);
        try {
            Set<String> ids = new HashSet<>();
            for (Future<String> id : threads.invokeAll(Collections.nCopies(PROCESSES, idOfNewFile))) {
                ids.add(id.get());
            }
            assertThat(ids).containsExactly(LocalKeyFile.read(file).id());
        } finally {
            threads.shutdownNow();
        }
        assertThat(file.resolveSibling(".").toFile().list())
                .containsExactly(file.toFile().getName());
    }

    @Test
    void neverReplacesAFileThatIsThere() {
        String id = LocalKeyFile.create(file).id();
        assertThat(LocalKeyFile.create(file).id()).isEqualTo(id);
    }
}
