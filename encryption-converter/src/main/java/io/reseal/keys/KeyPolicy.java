package io.reseal.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * When the keys of one type are rotated, how long their predecessors stay readable, and how many people a destruction takes.
 *
 * @param interval how long a version seals: the originator-usage period of NIST SP 800-57 part 1 revision 5, section 5.3.6,
 *     table 1, which is at most two years for symmetric data-encryption and symmetric authentication keys
 * @param grace how long a retired version stays readable at least
 * @param usageLimit after how many encryptions a version is due, whatever its age; at most {@link #MAX_USAGE}
 * @param approvals how many people must agree to a destruction, the one who asks among them: with 1 a person destroys alone, with 0 the
 *     weekly cleanup does by itself
 */
public record KeyPolicy(
        KeyType type,
        Duration interval,
        Duration grace,
        KeyPriority priority,
        GraceEnd graceEnd,
        long usageLimit,
        int approvals) {

    private static final Set<KeyType> REENCRYPTED =
            Set.of(KeyType.TOKEN_ENCRYPTION, KeyType.DATABASE_ENCRYPTION, KeyType.FILE_ENCRYPTION);

    /** Two years of 365 days. */
    public static final Duration MAX_INTERVAL = Duration.ofDays(730);

    /** Three years of 365 days: by what NIST lets the recipient-usage period outlast the originator-usage period. */
    public static final Duration MAX_GRACE = Duration.ofDays(1095);

    /** Nine tenths of 2^32: AES-GCM with random nonces must stay below 2^32 (NIST SP 800-38D, section 8.3). */
    public static final long MAX_USAGE = 3_865_470_566L;

    /** The number of people unless another is chosen. */
    public static final int APPROVALS = 2;

    /** @throws IllegalArgumentException if it contradicts itself or NIST; the message says what and why */
    public KeyPolicy {
        requirePositive(type, "interval", interval);
        requirePositive(type, "grace", grace);
        if (interval.compareTo(MAX_INTERVAL) > 0) {
            throw refused(
                    type,
                    "interval is " + interval
                            + ": NIST SP 800-57 part 1 (5.3.6, table 1) lets a symmetric key protect new"
                            + " data for two years at most, " + MAX_INTERVAL);
        }
        if (grace.compareTo(MAX_GRACE) > 0) {
            throw refused(
                    type,
                    "grace is " + grace
                            + ": NIST SP 800-57 part 1 (5.3.6, table 1) lets a symmetric key be used for three years"
                            + " at most after it protected something last, " + MAX_GRACE);
        }
        if (graceEnd instanceof GraceEnd.Expiry expiry) {
            if (REENCRYPTED.contains(type)) {
                throw refused(
                        type,
                        "its grace would end by time: its values are re-encrypted, and only the proof that none is left"
                                + " ends it");
            }
            requirePositive(type, "lifetime", expiry.lifetime());
            if (grace.compareTo(expiry.lifetime()) < 0) {
                throw refused(
                        type,
                        "grace is " + grace + " and lifetime " + expiry.lifetime()
                                + ": what cannot be re-encrypted would"
                                + " still be in use when its key goes. Lengthen grace, or declare the lifetime that"
                                + " holds");
            }
        }
        if (usageLimit < 1 || usageLimit > MAX_USAGE) {
            throw refused(
                    type,
                    "usage-limit is " + usageLimit + ": it must be 1 to " + MAX_USAGE
                            + ", nine tenths of what AES-GCM allows with random nonces");
        }
        if (approvals < 0) {
            throw refused(type, "approvals is " + approvals + ": it must not be negative");
        }
    }

    /** A policy with the greatest usage limit and {@value #APPROVALS} approvals. */
    public KeyPolicy(KeyType type, Duration interval, Duration grace, KeyPriority priority, GraceEnd graceEnd) {
        this(type, interval, grace, priority, graceEnd, MAX_USAGE, APPROVALS);
    }

    /**
     * Whether a version is to be rotated. A clock that went back makes nothing due.
     *
     * @param used how many encryptions were reserved under it: {@link KeyUsage#reserved}
     */
    public Due due(KeyVersion version, long used, Instant now) {
        if (version.state() != KeyState.ACTIVE) {
            return new Due.NotActive();
        }
        if (used >= usageLimit) {
            return new Due.ByUsage(used, usageLimit);
        }
        Instant next = version.activated().orElse(version.created()).plus(interval);
        return now.isBefore(next) ? new Due.NotYet(next) : new Due.ByAge(next);
    }

    /**
     * The same by what the key store knows.
     *
     * @param usage of every key version, over all nodes: {@link KeyRegistry#usage}
     */
    public Due due(KeyVersion version, List<KeyUsage> usage, Instant now) {
        long used = usage.stream()
                .filter(one -> one.key().equals(version.id()))
                .mapToLong(KeyUsage::reserved)
                .sum();
        return due(version, used, now);
    }

    /** The age of a version in intervals: 1 when it is due, 1.5 when it is half an interval late; 0 before it was active. */
    public double age(KeyVersion version, Instant now) {
        return version.activated()
                .map(activated -> Math.max(0, seconds(Duration.between(activated, now)) / seconds(interval)))
                .orElse(0.0);
    }

    /** How far the grace period of a version is. A clock that went back lengthens it. */
    public Grace grace(KeyVersion version, Instant now) {
        if (version.deactivated().isEmpty()) {
            return new Grace.NotBegun();
        }
        Instant end = version.deactivated().get().plus(grace);
        if (now.isBefore(end)) {
            return new Grace.Running(end);
        }
        return graceEnd instanceof GraceEnd.Proof ? new Grace.AwaitsProof(end) : new Grace.Over(end);
    }

    /**
     * In what this policy asks for less than {@code before}, in words; empty if in nothing. Such a change takes two people.
     *
     * @throws IllegalArgumentException if the policies are of two key types
     */
    public List<String> weakens(KeyPolicy before) {
        if (!type.equals(before.type)) {
            throw new IllegalArgumentException("A policy of " + type + " does not replace one of " + before.type);
        }
        List<String> weaker = new ArrayList<>();
        note(weaker, interval.compareTo(before.interval) > 0, "interval", before.interval, interval);
        // A longer one lets an old key be used for longer; with a shorter one it may be destroyed earlier
        note(weaker, !grace.equals(before.grace), "grace", before.grace, grace);
        note(weaker, priority.compareTo(before.priority) > 0, "priority", before.priority, priority);
        note(weaker, endsEarlier(graceEnd, before.graceEnd), "end of grace", before.graceEnd, graceEnd);
        note(weaker, usageLimit > before.usageLimit, "usage limit", before.usageLimit, usageLimit);
        note(weaker, approvals < before.approvals, "approvals", before.approvals, approvals);
        return List.copyOf(weaker);
    }

    /**
     * By time, nobody attests that no session or signature is left; by proof, a compromised key goes before its time is over. So neither
     * asks for as much as the other.
     */
    private static boolean endsEarlier(GraceEnd now, GraceEnd before) {
        return (now instanceof GraceEnd.Expiry is && before instanceof GraceEnd.Expiry was)
                ? is.lifetime().compareTo(was.lifetime()) < 0
                : !now.equals(before);
    }

    private static void note(List<String> weaker, boolean isWeaker, String what, Object before, Object now) {
        if (isWeaker) {
            weaker.add(what + " from " + before + " to " + now);
        }
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private static void requirePositive(KeyType type, String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw refused(type, name + " is " + duration + ": it must be positive");
        }
    }

    private static IllegalArgumentException refused(KeyType type, String problem) {
        return new IllegalArgumentException("The policy of " + type + " is refused: " + problem);
    }
}
