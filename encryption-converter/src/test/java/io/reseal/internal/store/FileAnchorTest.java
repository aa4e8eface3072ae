package io.reseal.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.AnchorUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAnchorTest {

    private static final int WRITERS = 4;
    private static final int STEPS = 10;

    @TempDir
    Path directory;

    @Test
    void isEmptyUntilItIsWrittenAndThenHoldsWhatWasWritten() {
        FileAnchor anchor = new FileAnchor(directory.resolve("new/anchor"));
        assertThat(anchor.read()).isEmpty();
        anchor.update(present -> Optional.of("one"));
        anchor.update(present -> Optional.empty());
        assertThat(anchor.read()).contains("one");
        assertThat(directory.resolve("new/anchor.tmp")).doesNotExist();
    }

    @Test
    void nobodyWritesBetweenReadingAndWriting() throws Exception {
        Path file = directory.resolve("anchor");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Callable<Boolean>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(() -> count(new FileAnchor(file)));
            }
            for (Future<Boolean> writer : threads.invokeAll(writers)) {
                assertThat(writer.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(new FileAnchor(file).read()).contains(Integer.toString(WRITERS * STEPS));
    }

    private static boolean count(FileAnchor anchor) {
        for (int step = 0; step < STEPS; step++) {
            anchor.update(present ->
                    Optional.of(Integer.toString(present.map(Integer::parseInt).orElse(0) + 1)));
        }
        return true;
    }

    @Test
    void namesTheFileAndTheSettingWhenItCannotBeReadOrWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        FileAnchor below = new FileAnchor(file.resolve("anchor"));
        assertThatThrownBy(() -> below.update(present -> Optional.of("one")))
                .isInstanceOf(AnchorUnavailableException.class)
                .hasMessageContainingAll(file.toString(), "reseal.anchor", "cannot be written");
        assertThatThrownBy(() -> new FileAnchor(directory).read())
                .isInstanceOf(AnchorUnavailableException.class)
                .hasMessageContaining("cannot be read");
    }
}
