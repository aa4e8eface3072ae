package io.reseal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/key-lifecycle.md and its picture show the transitions that there are, and no others. */
class KeyLifecycleDocumentTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern LINE = Pattern.compile("(?m)^\\| ([A-Z_]+) \\| ([A-Z_]+) \\|");
    private static final Pattern ARROW = Pattern.compile("data-move=\"([A-Z_]+)-([A-Z_]+)\"");
    private static final Pattern STATE = Pattern.compile("(?m)^\\| ([A-Z_]+) \\| (yes|no) \\| (yes|no) \\|");

    @Test
    void theTableHoldsEveryTransition() throws IOException {
        assertThat(pairs(LINE, "key-lifecycle.md")).containsExactlyInAnyOrderElementsOf(legal());
    }

    @Test
    void thePictureShowsEveryTransition() throws IOException {
        assertThat(pairs(ARROW, "key-states.svg")).containsExactlyInAnyOrderElementsOf(legal());
    }

    @Test
    void theTableOfStatesSaysWhatEachMayDo() throws IOException {
        assertThat(STATE.matcher(Files.readString(DOCS.resolve("key-lifecycle.md")))
                        .results()
                        .map(line -> line.group(1) + " " + line.group(2) + " " + line.group(3)))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(KeyState.values())
                        .map(state -> state + (state.seals() ? " yes" : " no") + (state.opens() ? " yes" : " no"))
                        .toList());
    }

    private static List<String> pairs(Pattern pattern, String file) throws IOException {
        return pattern.matcher(Files.readString(DOCS.resolve(file)))
                .results()
                .map(KeyLifecycleDocumentTest::pair)
                .toList();
    }

    private static String pair(MatchResult match) {
        return match.group(1) + " " + match.group(2);
    }

    private static List<String> legal() {
        return Arrays.stream(KeyState.values())
                .flatMap(from -> KeyTransitions.exits(from).keySet().stream().map(to -> from + " " + to))
                .toList();
    }
}
