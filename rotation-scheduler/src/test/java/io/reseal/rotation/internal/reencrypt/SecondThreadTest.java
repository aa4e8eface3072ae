package io.reseal.rotation.internal.reencrypt;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.reseal.rotation.reencryption.Reencryption;
import io.reseal.testing.Databases;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecondThreadTest {

    @TempDir
    Path directory;

    private static boolean isThere(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith(name));
    }

    @Test
    void throwsWhatItsTaskThrew() {
        IllegalStateException exception = new IllegalStateException("planted");
        StackOverflowError error = new StackOverflowError("planted");
        try (SecondThread second = new SecondThread("second-1")) {
            Supplier<Object> first = second.begin(() -> {
                throw exception;
            });
            Supplier<Object> next = second.begin(() -> {
                throw error;
            });

            assertThatThrownBy(first::get).isSameAs(exception);
            assertThatThrownBy(next::get).isSameAs(error);
        }
        await().until(() -> !isThere("second-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "cancel"})
    void noneOutlivesItsWorker(String end) throws Exception {
        Consumer<Reencryption> ending = end.equals("close") ? Reencryption::close : Reencryption::cancel;
        AtomicBoolean wasThere = new AtomicBoolean();
        try (Stage stage = new Stage(Databases.H2, directory);
                Engine engine = stage.engine(claim -> wasThere.compareAndSet(false, isThere("reseal-sealer-")))) {
            stage.accounts(2_000);
            stage.rotate(Stage.DB);
            Reencryption run = engine.start(Stage.DB, Stage.SMALL.withWindow(5, 64));
            await().until(wasThere::get);
            String name = "reseal-sealer-" + run.id().value() + "-";

            ending.accept(run);

            await().until(() -> !isThere(name));
        }
    }
}
