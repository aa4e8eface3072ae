package io.reseal.rotation.attack;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.reseal.testing.Databases;
import io.reseal.testing.Databases.TestDatabase;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes of the libraries as a JVM keeps them in memory: a process that starts with them opens in half the time. Made once
 * for a class path, from what a node loads in a rehearsal; where that fails, processes only open as slowly as without it.
 */
final class ClassArchive {

    /** The class path of the tests, libraries first: an archive knows no directories. */
    static final String CLASS_PATH =
            Stream.concat(libraries(), projects()).collect(Collectors.joining(File.pathSeparator));

    /** What the archive and those who use it have to agree on. */
    static final List<String> MEMORY = List.of("-Xmx256m", "-XX:+UseSerialGC");

    private static final int PATIENCE_SECONDS = 120;
    private static final Path FOLDER = Path.of("target", "attack").toAbsolutePath();
    private static final List<String> OPTIONS = make();

    private ClassArchive() {}

    /** Of a JVM that is to start with the archive. */
    static List<String> options() {
        return OPTIONS;
    }

    private static Stream<String> entries() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator)).filter(entry -> !entry.isEmpty());
    }

    private static Stream<String> libraries() {
        return entries().filter(entry -> Files.isRegularFile(Path.of(entry)));
    }

    private static Stream<String> projects() {
        return entries().filter(entry -> !Files.isRegularFile(Path.of(entry)));
    }

    private static List<String> make() {
        try {
            Path archive = Files.createDirectories(FOLDER).resolve("classes-" + version() + ".jsa");
            if (!Files.exists(archive) && !(rehearse() && dump(archive))) {
                return List.of();
            }
            return List.of("-XX:SharedArchiveFile=" + archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Another one for each JVM, and for each change of a library. */
    private static UUID version() throws IOException {
        StringBuilder all = new StringBuilder(System.getProperty("java.vm.version"));
        for (String library : libraries().toList()) {
            all.append(library).append(Files.getLastModifiedTime(Path.of(library)));
        }
        return UUID.nameUUIDFromBytes(all.toString().getBytes(UTF_8));
    }

    private static Path classList() {
        return FOLDER.resolve("classes-" + ProcessHandle.current().pid() + ".list");
    }

    /** A node that opens, writes and rotates. */
    private static boolean rehearse() throws IOException, SQLException, InterruptedException {
        TestDatabase database = Databases.POSTGRESQL.fresh();
        database.execute(Account.TABLE);
        Path orders = Files.writeString(
                Files.createTempFile(FOLDER, "rehearsal-", ".txt"),
                "boot\nput 1 something\nget 1\nrotate database_encryption\n");
        Path keyFile = Files.createTempDirectory(FOLDER, "rehearsal-").resolve("kek.json");
        return succeeds(
                orders,
                List.of("-XX:TieredStopAtLevel=1", "-XX:DumpLoadedClassList=" + classList(), "-cp", CLASS_PATH),
                List.of(NodeMain.class.getName(), database.url(), keyFile.toString(), "PT0.2S", "PT1S"));
    }

    private static boolean dump(Path archive) throws IOException, InterruptedException {
        Path begun = FOLDER.resolve("classes-" + ProcessHandle.current().pid() + ".jsa");
        boolean done = succeeds(
                Path.of("/dev/null"),
                List.of(
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + classList(),
                        "-XX:SharedArchiveFile=" + begun,
                        "-cp",
                        libraries().collect(Collectors.joining(File.pathSeparator))),
                List.of());
        if (done) {
            Files.move(begun, archive, StandardCopyOption.ATOMIC_MOVE);
        }
        return done;
    }

    private static boolean succeeds(Path input, List<String> options, List<String> main)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(MEMORY);
        command.addAll(options);
        command.addAll(main);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .redirectOutput(Files.createTempFile(FOLDER, "classes-", ".log").toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        return ended && process.exitValue() == 0;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
