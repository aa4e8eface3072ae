package io.reseal.rotation.internal.usage;

import io.reseal.keys.KeyState;
import io.reseal.keys.KeyUsage;
import io.reseal.keys.KeyVersion;
import io.reseal.rotation.alert.AlertSubject;
import io.reseal.rotation.usage.UsageFinding;
import io.reseal.rotation.usage.UsageFinding.What;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds active keys under which nearly as much was sealed as their policy allows. */
final class UsageLimits {

    private final UsagePicture picture;

    UsageLimits(UsagePicture picture) {
        this.picture = picture;
    }

    List<UsageFinding> find() {
        return picture.keys().versions().stream()
                .filter(version -> version.state() == KeyState.ACTIVE)
                .filter(version -> reserved(version) >= near(version))
                .map(version -> new UsageFinding(
                        What.LIMIT_NEAR,
                        AlertSubject.key(version.id()),
                        Optional.empty(),
                        version.activated().orElse(version.created()),
                        picture.now(),
                        reserved(version),
                        OptionalLong.empty(),
                        near(version),
                        "encryptions reserved"))
                .toList();
    }

    private long reserved(KeyVersion version) {
        return picture.usage().stream()
                .filter(use -> use.key().equals(version.id()))
                .mapToLong(KeyUsage::reserved)
                .sum();
    }

    /** Rounded up. */
    private long near(KeyVersion version) {
        return (picture.keys().policy(version).usageLimit() * UsageRules.NEAR_PERCENT + 99) / 100;
    }
}
