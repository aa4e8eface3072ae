package io.reseal.rotation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.reseal.architecture.CodingRules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {

    private static final String PRODUCT = "io.reseal.rotation";
    private static final String FIXTURE = "io.reseal.rotation.fixture";

    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(PRODUCT);

    /** Classes that break every rule, under another root package. */
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(FIXTURE);

    @ParameterizedTest
    @MethodSource("productRules")
    void theModuleKeeps(ArchRule rule) {
        rule.check(MODULE);
    }

    @ParameterizedTest
    @MethodSource("fixtureRules")
    void brokenClassesFail(ArchRule rule) {
        assertThat(rule.evaluate(BROKEN).hasViolation()).isTrue();
    }

    static Stream<ArchRule> productRules() {
        return rules(PRODUCT);
    }

    static Stream<ArchRule> fixtureRules() {
        return rules(FIXTURE);
    }

    private static Stream<ArchRule> rules(String root) {
        return Stream.concat(directions(root).stream(), CodingRules.all().stream());
    }

    private static List<ArchRule> directions(String root) {
        return List.of(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.reseal.internal..")
                        .because("no module uses another's internal packages"),
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.hibernate..", "jakarta.persistence..")
                        .because("keys rotate and rows are re-encrypted while no application runs"),
                noClasses()
                        .that()
                        .resideInAPackage(root + ".internal.reencrypt..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("org.quartz..", "org.springframework..", "jakarta..", "org.hibernate..")
                        .because("the engine knows no framework"),
                classes()
                        .that()
                        .resideOutsideOfPackage(root + ".internal..")
                        .should()
                        .onlyDependOnClassesThat()
                        .resideOutsideOfPackages("java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..")
                        .because("only internal packages talk to the database"),
                noClasses()
                        .that()
                        .resideInAPackage(root + ".internal.jdbc..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + ".internal.reencrypt..")
                        .because("dialects know nothing of runs"));
    }
}
