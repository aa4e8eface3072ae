package io.reseal.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.ResealSettings;
import io.reseal.keys.KeyPolicies;
import io.reseal.keys.KeyRegistry;
import io.reseal.keys.KeyTypes;
import io.reseal.testing.MemoryKeyStore;
import io.reseal.testing.TestClock;
import io.reseal.testing.TestKek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Random requests, approvals, withdrawals and attempts of four people with five logins on two nodes, while time passes. */
class ApprovalProperties {

    private static final List<String> LOGINS = List.of("ann", "ann-token", "bob", "cid", "dot");
    private static final List<Duration> LIFETIMES = List.of(Duration.ofHours(2), Duration.ofHours(24));

    private final TestClock clock = TestClock.standing();
    private final MemoryKeyStore store = new MemoryKeyStore();
    private final List<Approvals> nodes = List.of(node(), node());
    private final List<Expected> model = new ArrayList<>();

    /** The test's own book of what has happened, which knows nothing of digests and records. */
    private static final class Expected {

        final ApprovalRequest request;
        final int operation;
        final String owner;
        final Instant from;
        final Instant until;
        final Set<String> others = new TreeSet<>();
        boolean open = true;

        Expected(ApprovalRequest request, int operation, String owner) {
            this.request = request;
            this.operation = operation;
            this.owner = owner;
            this.from = request.requestedAt();
            this.until = request.expiresAt();
        }

        boolean isOpen(Instant now) {
            return open && !now.isBefore(from) && now.isBefore(until);
        }
    }

    private Approvals node() {
        KeyRegistry keys = KeyRegistry.open(
                store,
                new TestKek("kek"),
                KeyTypes.standard(),
                ResealSettings.from(Map.of(ResealSettings.KEY_STORE, "jdbc:unused")),
                clock);
        return new Approvals(keys, new PoliciesInForce(keys, KeyPolicies.standard()), new Clocks(clock, clock));
    }

    /** Two that differ in a parameter, and in how many people they take. */
    private static GuardedOperation operation(int number) {
        return new GuardedOperation(
                GuardedAction.DESTROY, "some key", new TreeMap<>(Map.of("number", "" + number)), 2 + number);
    }

    private static String owner(String login) {
        return login.equals("ann-token") ? "ann" : login;
    }

    @Property(tries = 60)
    void nothingIsDoneWithoutEnoughDifferentPeopleInTime(
            @ForAll @Size(max = 60) List<@IntRange(max = 9_999) Integer> wishes) {
        for (int wish : wishes) {
            Approvals node = nodes.get(wish % 2);
            String login = LOGINS.get(wish / 2 % LOGINS.size());
            int rest = wish / 10;
            switch (rest % 8) {
                case 0, 1 -> request(node, login, rest / 8);
                case 2, 3, 4 -> approve(node, login, rest / 8);
                case 5, 6 -> perform(node, login, rest / 8 % 2);
                default -> {
                    if (rest / 8 % 3 == 0) {
                        withdraw(node, login, rest / 24);
                    } else {
                        clock.advance(Duration.ofMinutes(30));
                    }
                }
            }
        }
    }

    private void request(Approvals node, String login, int rest) {
        ApprovalRequest request = node.request(
                operation(rest % 2), People.person(login), "because", LIFETIMES.get(rest / 2 % LIFETIMES.size()));
        model.add(new Expected(request, rest % 2, owner(login)));
    }

    private void approve(Approvals node, String login, int rest) {
        if (model.isEmpty()) {
            return;
        }
        Expected expected = model.get(rest % model.size());
        boolean allowed = expected.isOpen(clock.instant())
                && !expected.owner.equals(owner(login))
                && !expected.others.contains(owner(login));
        boolean accepted = accepts(() -> node.approve(expected.request, People.person(login)));
        assertThat(accepted).isEqualTo(allowed);
        if (accepted) {
            expected.others.add(owner(login));
        }
    }

    private void withdraw(Approvals node, String login, int rest) {
        if (model.isEmpty()) {
            return;
        }
        Expected expected = model.get(rest % model.size());
        boolean accepted = accepts(() -> node.withdraw(expected.request, People.person(login)));
        assertThat(accepted).isEqualTo(expected.isOpen(clock.instant()));
        if (accepted) {
            expected.open = false;
        }
    }

    private void perform(Approvals node, String login, int number) {
        List<Expected> good = model.stream()
                .filter(one -> one.operation == number
                        && one.isOpen(clock.instant())
                        && one.others.size() >= operation(number).people() - 1)
                .toList();
        List<String> done = new ArrayList<>();
        try {
            node.perform(operation(number), People.person(login), () -> done.add("done"));
        } catch (ApprovalRequiredException expected) {
            assertThat(expected.operation()).isEqualTo(operation(number));
        }
        assertThat(done.isEmpty()).isEqualTo(good.isEmpty());
        if (!done.isEmpty()) {
            model.stream().filter(one -> one.operation == number).forEach(one -> one.open = false);
            assertThat(node.open())
                    .as("one request is used up, and others for the same end with it")
                    .extracting(ApprovalRequest::operation)
                    .doesNotContain(operation(number));
        }
    }

    private static boolean accepts(Runnable step) {
        try {
            step.run();
            return true;
        } catch (ApprovalRefusedException refused) {
            return false;
        }
    }
}
