package io.reseal.rotation.internal.usage;

import io.reseal.keys.Grace;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyId;
import io.reseal.keys.KeyState;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds keys that seal, or are kept although their grace is over, and that nobody has used for weeks. */
final class UnusedKeys {

    private final UsagePicture picture;

    UnusedKeys(UsagePicture picture) {
        this.picture = picture;
    }

    List<UsageFinding> find() {
        Map<KeyId, Instant> used = picture.hours().stream()
                .filter(hour -> hour.operations() > 0)
                .collect(Collectors.toMap(
                        KeyHour::key, hour -> Series.instant(Series.number(hour.hour()) + 1), UnusedKeys::later));
        return picture.keys().versions().stream()
                .filter(this::isKept)
                .flatMap(version -> unused(version, Optional.ofNullable(used.get(version.id()))))
                .toList();
    }

    private boolean isKept(KeyVersion version) {
        Grace grace = picture.keys().policy(version).grace(version, picture.now());
        return version.state() == KeyState.ACTIVE
                || (version.state().isRetired() && (grace instanceof Grace.AwaitsProof || grace instanceof Grace.Over));
    }

    /** Neither was it of use, nor did it change, since. */
    private Stream<UsageFinding> unused(KeyVersion version, Optional<Instant> used) {
        Instant since = Stream.of(version.activated(), version.deactivated(), used)
                .flatMap(Optional::stream)
                .reduce(version.created(), UnusedKeys::later);
        return since.plus(UsageRules.UNUSED).isAfter(picture.now())
                ? Stream.empty()
                : Stream.of(new UsageFinding(
                        What.UNUSED,
                        AlertSubject.key(version.id()),
                        Optional.empty(),
                        since,
                        picture.now(),
                        Duration.between(since, picture.now()).toDays(),
                        OptionalLong.empty(),
                        UsageRules.UNUSED.toDays(),
                        "days without use"));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
