package io.reseal.rotation.internal.usage;

import io.reseal.keys.Grace;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds keys that are out of use and yet used. */
final class RetiredKeys {

    private final UsagePicture picture;

    RetiredKeys(UsagePicture picture) {
        this.picture = picture;
    }

    List<UsageFinding> find() {
        Map<KeyId, KeyVersion> versions =
                picture.keys().versions().stream().collect(Collectors.toMap(KeyVersion::id, Function.identity()));
        return picture.hours().stream()
                .filter(picture::isJudged)
                .flatMap(hour ->
                        Optional.ofNullable(versions.get(hour.key())).stream().flatMap(version -> judge(hour, version)))
                .toList();
    }

    private Stream<UsageFinding> judge(KeyHour hour, KeyVersion version) {
        return switch (hour.direction()) {
            case SEAL ->
                isRetiredBefore(version, hour.hour())
                        ? Stream.of(finding(What.SEALED_UNDER_RETIRED, hour, 0))
                        : Stream.empty();
            case OPEN ->
                isBurst(version, hour)
                        ? Stream.of(finding(What.OPENED_AFTER_GRACE, hour, UsageRules.LEAST_DIFFERENCE - 1))
                        : Stream.empty();
        };
    }

    /** A node that had not heard of it may have gone on for a lease, and its clock may differ. */
    private boolean isRetiredBefore(KeyVersion version, Instant hour) {
        return version.deactivated()
                .map(moment -> moment.plus(picture.keys().lease()).plus(UsageRules.LATENESS))
                .filter(end -> !end.isAfter(hour))
                .isPresent();
    }

    private boolean isBurst(KeyVersion version, KeyHour hour) {
        Grace grace = picture.keys().policy(version).grace(version, hour.hour());
        boolean isOver = grace instanceof Grace.AwaitsProof || grace instanceof Grace.Over;
        return isOver
                && hour.operations() >= UsageRules.LEAST_DIFFERENCE
                && !picture.reencryptions().touch(version.type(), hour.hour());
    }

    private static UsageFinding finding(What what, KeyHour hour, long threshold) {
        return new UsageFinding(
                what,
                AlertSubject.key(hour.key()),
                Optional.of(hour.direction()),
                hour.hour(),
                Series.instant(Series.number(hour.hour()) + 1),
                hour.operations(),
                OptionalLong.empty(),
                threshold,
                Unit.of(hour.direction()));
    }
}
