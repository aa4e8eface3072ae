package io.reseal.rotation.internal.usage;

import io.reseal.keys.Direction;
import io.reseal.keys.KeyHour;
import io.reseal.keys.KeyType;
import io.reseal.rotation.usage.UsageFinding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Finds what is remarkable in a picture of how keys are used; asks nobody else. */
public final class UsageFinder {

    private final UsagePicture picture;

    public UsageFinder(UsagePicture picture) {
        this.picture = picture;
    }

    /** Everything, in no particular order. */
    public List<UsageFinding> find() {
        return Stream.of(
                        anomalies(),
                        new RetiredKeys(picture).find().stream(),
                        new UnusedKeys(picture).find().stream(),
                        new UsageLimits(picture).find().stream())
                .flatMap(found -> found)
                .toList();
    }

    /** By key type: a rotation changes nothing about how much is done. */
    private Stream<UsageFinding> anomalies() {
        return picture.hours().stream()
                .map(hour -> hour.key().type())
                .distinct()
                .flatMap(type -> Arrays.stream(Direction.values()).flatMap(direction -> anomalies(type, direction)));
    }

    private Stream<UsageFinding> anomalies(KeyType type, Direction direction) {
        List<KeyHour> hours = picture.hours().stream()
                .filter(hour -> hour.key().type().equals(type) && hour.direction() == direction)
                .toList();
        if (hours.isEmpty()) {
            return Stream.empty();
        }
        Series series =
                Series.of(hours, picture.end(), hour -> picture.reencryptions().touch(type, Series.instant(hour)));
        return new Anomalies(type, direction, series).between(picture.first(), picture.end()).stream();
    }
}
