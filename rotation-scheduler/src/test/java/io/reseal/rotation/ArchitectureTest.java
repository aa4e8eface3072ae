package io.reseal.rotation;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import io.reseal.architecture.ModuleContract;
import java.util.List;

class ArchitectureTest extends ModuleContract {

    /** What a facade takes and tells. */
    private static final List<String> VALUES = List.of(
            "alert",
            "compliance",
            "destruction",
            "event",
            "health",
            "maintenance",
            "pace",
            "reencryption",
            "review",
            "schedule",
            "usage");

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
                        .resideInAnyPackage(
                                VALUES.stream().map(name -> root + "." + name).toArray(String[]::new))
                        .should()
                        .dependOnClassesThat(resideInAPackage(root).and(not(belongToAnyOf(Person.class))))
                        .because("facades know what they tell, not the other way round"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage(root + ".internal.metric..")
                        .and()
                        .doNotHaveFullyQualifiedName(root + ".RotationMetrics")
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
