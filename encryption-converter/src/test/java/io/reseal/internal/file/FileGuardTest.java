package io.reseal.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FileGuardTest {

    @TempDir
    Path directory;

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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

    /** A lock of the same process is refused in another way than that of another one. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoFindsAnotherProcessAtTheFileDoesNothingUntilThatIsGone() throws Exception {
        FileGuard guard = new FileGuard(directory.resolve("file"), Duration.ofMillis(20));
        AtomicBoolean both = new AtomicBoolean();
        Process other = another("file");
        try {
            assertThat(other.getInputStream().read()).isEqualTo('k');
            assertThatThrownBy(() -> guard.alone(() -> both.set(true))).isInstanceOf(IOException.class);
            assertThat(both).isFalse();
        } finally {
            other.destroyForcibly().waitFor();
        }
        guard.alone(() -> both.set(true));
        assertThat(both).isTrue();
    }

    private Process another(String file) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Keeper.class.getName(),
                        directory.resolve(file).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Keeps a file until it is killed. */
    static final class Keeper {

        public static void main(String[] file) throws IOException {
            new FileGuard(Path.of(file[0]), Duration.ofSeconds(40)).alone(() -> {
                System.out.write('k');
                System.out.flush();
                int unused = System.in.read();
            });
        }
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
