package io.reseal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds a module to its own directions and to the rules for all code, and each rule to finding classes that break it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ModuleContract {

    /** Breaks the rules for all code. */
    private static final String BAD_HABITS = "io.reseal.architecture.fixture.other";

    private final String product;
    private final String fixture;
    private final JavaClasses module;
    private final JavaClasses broken;

    /**
     * @param product the module's root package
     * @param fixture a root package of classes that break each of the directions
     */
    protected ModuleContract(String product, String fixture) {
        this.product = product;
        this.fixture = fixture;
        this.module = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(product);
        this.broken = new ClassFileImporter().importPackages(fixture, BAD_HABITS);
    }

    /** Which packages below {@code root} may know what. */
    protected abstract List<ArchRule> directions(String root);

    @ParameterizedTest
    @MethodSource("productRules")
    void theModuleKeeps(ArchRule rule) {
        rule.check(module);
    }

    @ParameterizedTest
    @MethodSource("fixtureRules")
    void brokenClassesFail(ArchRule rule) {
        assertThat(rule.evaluate(broken).hasViolation()).isTrue();
    }

    Stream<ArchRule> productRules() {
        return rules(product);
    }

    Stream<ArchRule> fixtureRules() {
        return rules(fixture);
    }

    private Stream<ArchRule> rules(String root) {
        return Stream.concat(directions(root).stream(), CodingRules.all().stream());
    }
}
