package io.reseal.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.hibernate.annotations.AttributeBinderType;

class ArchitectureTest extends ModuleContract {

    ArchitectureTest() {
        super("io.reseal", "io.reseal.architecture.fixture");
    }

    @Override
    protected List<ArchRule> directions(String root) {
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
