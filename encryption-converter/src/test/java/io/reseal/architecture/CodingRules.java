package io.reseal.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.List;
import java.util.Set;

/** What holds in every module, whatever its packages are called. */
public final class CodingRules {

    private static final Set<String> CLOCKS =
            Set.of("java.time.Instant", "java.time.LocalDate", "java.time.LocalDateTime", "java.time.ZonedDateTime");

    private CodingRules() {}

    /** The rules; each one judges whatever classes it is given. */
    public static List<ArchRule> all() {
        return List.of(
                noClasses()
                        .should()
                        .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
                        .because("a class is named after the decision it owns"),
                fields().that()
                        .areStatic()
                        .and(areNotSynthetic())
                        .should()
                        .beFinal()
                        .because("there is no static mutable state"),
                noFields()
                        .that()
                        .areStatic()
                        .should()
                        .haveRawType(ThreadLocal.class)
                        .because("state that hides in a thread is static mutable state"),
                noClasses()
                        .should()
                        .callMethodWhere(readsTheTimeWithoutAClock())
                        .because("the clock is injected"),
                GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING,
                GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS);
    }

    private static DescribedPredicate<JavaField> areNotSynthetic() {
        return DescribedPredicate.describe(
                "are not synthetic", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC));
    }

    private static DescribedPredicate<JavaCall<?>> readsTheTimeWithoutAClock() {
        return DescribedPredicate.describe("it reads the time without a clock", call -> {
            String owner = call.getTargetOwner().getName();
            boolean now = call.getName().equals("now")
                    && call.getTarget().getRawParameterTypes().isEmpty();
            return (CLOCKS.contains(owner) && now)
                    || (owner.equals("java.lang.System") && call.getName().equals("currentTimeMillis"));
        });
    }
}
