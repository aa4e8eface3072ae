package io.reseal.rotation.internal.jdbc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A fence as it is now.
 *
 * @param members the table itself, and its partitions and child tables
 */
public record FenceState(List<Member> members) {

    public FenceState {
        members = List.copyOf(members);
    }

    /**
     * A table with rows, and its two triggers.
     *
     * @param name as SQL has it
     * @param table object id of the table
     * @param triggers object ids of the triggers that are there
     * @param problems what is wrong with them
     */
    public record Member(String name, long table, List<Long> triggers, List<String> problems) {

        public Member {
            triggers = List.copyOf(triggers);
            problems = List.copyOf(problems);
        }

        private String place() {
            return table + ":" + triggers.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
    }

    /** What stands between the table and old values is not as it was put up. */
    public List<String> problems() {
        return members.stream().flatMap(member -> member.problems().stream()).toList();
    }

    /** Tables and triggers by their object ids: whatever is restored or made anew gets others. */
    public String place() {
        return members.stream().map(Member::place).sorted().collect(Collectors.joining(" "));
    }

    /** What has come since {@code earlier}, a {@link #place()}. A table that has gone since took its values along. */
    public List<String> changesSince(String earlier) {
        Map<Long, Member> now = members.stream().collect(Collectors.toMap(Member::table, Function.identity()));
        Set<String> then = Set.copyOf(Arrays.asList(earlier.split(" ", -1)));
        Set<Long> tablesThen = then.stream()
                .map(place -> Long.valueOf(place.substring(0, place.indexOf(':'))))
                .collect(Collectors.toSet());
        List<String> changes = new ArrayList<>();
        now.values().forEach(member -> {
            if (!tablesThen.contains(member.table())) {
                changes.add("the table " + member.name() + " was restored, created or attached since");
            } else if (!then.contains(member.place())) {
                changes.add("the fence of " + member.name() + " was taken away or put up anew since");
            }
        });
        return changes;
    }
}
