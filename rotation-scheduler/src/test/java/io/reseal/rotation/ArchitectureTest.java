package io.reseal.rotation;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.reseal.architecture.ModuleContract;
import java.util.List;

class ArchitectureTest extends ModuleContract {

    ArchitectureTest() {
        super("io.reseal.rotation", "io.reseal.rotation.fixture");
    }

    @Override
    protected List<ArchRule> directions(String root) {
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
                        .haveNameNotMatching(".*\\.RotationMetrics(\\$.*)?")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.micrometer..")
                        .because("Micrometer need not be on the class path"),
                noClasses()
                        .that()
                        .resideInAPackage(root + ".internal.jdbc..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(root + ".internal.reencrypt..")
                        .because("dialects know nothing of runs"));
    }
}
