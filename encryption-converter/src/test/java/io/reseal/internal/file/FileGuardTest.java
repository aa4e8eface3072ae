package io.reseal.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileGuardTest {

    @TempDir
    Path directory;

    @Test
    void whoFindsSomebodyAtTheFileGivesUpInTimeAndDoesNothing() throws Exception {
        FileGuard one = new FileGuard(directory.resolve("file"), Duration.ofMinutes(1));
        FileGuard other = new FileGuard(directory.resolve("file"), Duration.ofMillis(20));
        AtomicBoolean both = new AtomicBoolean();
        one.alone(() -> assertThatThrownBy(() -> other.alone(() -> both.set(true)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("PT0.02S"));
        assertThat(both).isFalse();
        other.alone(() -> both.set(true));
        assertThat(both).isTrue();
    }

    @Test
    void workThatFailsLeavesTheFileToOthers() throws Exception {
        FileGuard guard = new FileGuard(directory.resolve("file"), Duration.ofMinutes(1));
        assertThatThrownBy(() -> guard.alone(() -> {
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        guard.alone(() -> assertThat(directory.resolve("file.lock")).exists());
    }
}
