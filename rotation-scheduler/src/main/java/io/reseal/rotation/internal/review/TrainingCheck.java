package io.reseal.rotation.internal.review;

import io.reseal.rotation.review.QuarterlyReview.Line;
import io.reseal.rotation.review.Training;
import io.reseal.rotation.review.Training.Role;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who is trained for each role, and who has to be again. */
final class TrainingCheck {

    private TrainingCheck() {}

    static List<Line> lines(List<Training> trainings, LocalDate today) {
        List<Line> lines = new ArrayList<>();
        for (Role role : Role.values()) {
            Map<String, List<Training>> people = new LinkedHashMap<>();
            trainings.stream()
                    .filter(training -> training.role() == role)
                    .forEach(training -> people.computeIfAbsent(training.person(), name -> new ArrayList<>())
                            .add(training));
            if (people.isEmpty()) {
                lines.add(new Line(true, role + ": nobody is trained in " + role.content()));
            }
            people.forEach((person, all) -> lines.add(line(role, person, all, today)));
        }
        return lines;
    }

    private static Line line(Role role, String person, List<Training> all, LocalDate today) {
        Training last = all.stream()
                .reduce((one, other) -> other.on().isBefore(one.on()) ? one : other)
                .orElseThrow();
        int least = all.size() == 1 ? role.firstHours() : role.laterHours();
        String text = role + ": " + person + ", " + last.hours() + " hours on " + last.on();
        if (last.hours() < least) {
            return new Line(true, text + "; " + least + " are required");
        }
        return last.dueAgain()
                .map(due -> new Line(due.isBefore(today), text + "; to be certified again by " + due))
                .orElseGet(() -> new Line(false, text));
    }
}
