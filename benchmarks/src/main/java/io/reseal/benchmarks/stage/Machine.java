package io.reseal.benchmarks.stage;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/** What a benchmark ran on, so that its numbers mean something to others. */
public final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final double GIB = 1 << 30;

    private Machine() {}

    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** In bytes. */
    public static long memory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    /** Processor, memory, operating system and Java, in one line. */
    public static String describe() {
        return cores() + " × " + first(PROCESSORS, "model name", "processor of unknown model") + ", "
                + String.format(Locale.ROOT, "%.0f GiB of memory, ", memory() / GIB) + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version") + ", Java " + Runtime.version();
    }

    private static String first(Path file, String key, String otherwise) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise; // not Linux
        }
    }
}
