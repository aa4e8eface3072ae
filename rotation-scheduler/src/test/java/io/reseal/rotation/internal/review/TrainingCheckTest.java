package io.reseal.rotation.internal.review;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.rotation.review.QuarterlyReview.Line;
import io.reseal.rotation.review.Training;
import io.reseal.rotation.review.Training.Role;
import java.time.LocalDate;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TrainingCheckTest {

    private static final LocalDate DAY = LocalDate.parse("2037-01-02");

    private static Line line(LocalDate today, Training... trainings) {
        return TrainingCheck.lines(Arrays.asList(trainings), today).get(0);
    }

    private static Training security(LocalDate on, int hours) {
        return new Training(Role.SECURITY, "Ann", on, hours);
    }

    @Test
    void aCertificateIsGoodUntilTheEndOfItsLastDay() {
        LocalDate last = DAY.plusYears(1);
        String text = "SECURITY: Ann, 8 hours on 2037-01-02; to be certified again by 2038-01-02";
        assertThat(line(last, security(DAY, 8))).isEqualTo(new Line(false, text));
        assertThat(line(last.plusDays(1), security(DAY, 8))).isEqualTo(new Line(true, text));
    }

    @Test
    void theLastTrainingCountsAndNotTheOneThatWasTakenDownLast() {
        LocalDate later = DAY.plusMonths(11);
        assertThat(line(DAY.plusMonths(13), security(later, 4), security(DAY, 8)))
                .isEqualTo(
                        new Line(false, "SECURITY: Ann, 4 hours on 2037-12-02; to be certified again by 2038-12-02"));
        assertThat(line(DAY, security(DAY, 7)).text()).endsWith("8 are required");
        assertThat(line(later, security(DAY, 8), security(later, 3)).text()).endsWith("4 are required");
    }
}
