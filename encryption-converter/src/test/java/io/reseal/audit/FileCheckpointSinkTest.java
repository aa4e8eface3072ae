package io.reseal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.ResealConfigurationException;
import io.reseal.database.ResealDatabase;
import io.reseal.internal.store.JdbcKeyStore;
import io.reseal.keys.AuditEntry;
import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import io.reseal.testing.TestKek;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointSinkTest {

    @TempDir
    Path directory;

    private Path file;
    private FileCheckpointSink sink;

    @BeforeEach
    void name() {
        file = directory.resolve("new").resolve("checkpoints");
        sink = new FileCheckpointSink("node", file);
    }

    @Test
    void holdsWhatWasAddedInItsOrder() {
        assertThat(lines()).isEmpty();
        sink.append("one ☂");
        sink.append("two");
        assertThat(lines()).containsExactly("one ☂", "two");
    }

    @Test
    void aLineThatACrashCutShortIsNoCheckpointAndTheNextOneFollows() throws Exception {
        try (AuditLog log = open(Databases.H2.fresh())) {
            log.checkpoint(sink, "operator");
            Files.writeString(file, "{\"sink\":\"no", StandardOpenOption.APPEND);
            assertThat(lines()).hasSize(1);
            assertThat(verify(log)).isEmpty();
            log.checkpoint(sink, "operator");
            assertThat(lines()).hasSize(2);
            assertThat(verify(log)).isEmpty();
        }
    }

    @Test
    void aLineThatTheLogTellsOfIsMissedWhenItsEndIsCutOff() throws Exception {
        try (AuditLog log = open(Databases.H2.fresh())) {
            log.checkpoint(sink, "operator");
            log.checkpoint(sink, "operator");
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            assertThat(verify(log)).extracting(AuditFinding::what).containsExactly(Tampering.CHECKPOINT_MISSING);
        }
    }

    @Test
    void anyEditOfTheFileIsFound() throws Exception {
        try (AuditLog log = open(Databases.H2.fresh())) {
            log.append(new AuditEvent("users.ssn", new AuditEntry("operator", "count", "hourly")));
            log.checkpoint(sink, "operator");
            String line = Files.readString(file);
            for (String edited :
                    List.of(line + line, "\n" + line, line.replace(":2:", ":1:"), line.replace(",", ", "), "")) {
                Files.writeString(file, edited, StandardCharsets.UTF_8);
                if (!edited.equals(line)) {
                    assertThat(verify(log)).as(edited).isNotEmpty();
                }
            }
        }
    }

    @Test
    void namesAFileThatCannotBeWritten() throws Exception {
        Files.createDirectories(file);
        assertThatThrownBy(() -> sink.append("one"))
                .isInstanceOf(ResealConfigurationException.class)
                .hasMessageContainingAll(file.toString(), "cannot be");
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        sink.lines(lines::add);
        return lines;
    }

    private List<AuditFinding> verify(AuditLog log) {
        return log.verify(List.of(sink), List.of(), progress -> {}).findings();
    }

    private static AuditLog open(TestDatabase target) {
        ResealDatabase database = ResealDatabase.open(target.settings(), "test", 2);
        database.install(JdbcKeyStore.SCHEMA);
        return AuditLog.open(database, new TestKek("kek"), target.settings(), Clock.systemUTC());
    }
}
