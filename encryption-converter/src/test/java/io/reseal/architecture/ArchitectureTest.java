package io.reseal.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.stream.Stream;
import org.hibernate.annotations.AttributeBinderType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {

    private static final String PRODUCT = "io.reseal";
    private static final String FIXTURE = "io.reseal.architecture.fixture";

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
                        .that()
                        .resideInAnyPackage(root + ".keys..", root + ".crypto..", root + ".internal.format..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "org.hibernate..", "jakarta.persistence..", "java.sql..", "org.jdbi..", "com.zaxxer..")
                        .because("keys, ciphers and formats know no framework"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage(root + ".internal.hibernate..")
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage("org.hibernate..").and(not(equivalentTo(AttributeBinderType.class))))
                        .because("Hibernate is known in one package"),
                noClasses()
                        .that()
                        .resideInAPackage(root + ".internal.format..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                root + ".crypto..",
                                root + ".database..",
                                root + ".internal.store..",
                                root + ".internal.hibernate..")
                        .because("formats are pure functions"),
                noClasses()
                        .that()
                        .resideOutsideOfPackages(root + ".internal.hibernate..", root)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + ".internal.hibernate..")
                        .because("nothing but @Encrypted leads into the Hibernate integration"));
    }
}
