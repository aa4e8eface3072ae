package io.reseal.rotation.internal.usage;

import io.reseal.keys.Direction;

/** How findings name what was done. */
final class Unit {

    private Unit() {}

    static String of(Direction direction) {
        return switch (direction) {
            case SEAL -> "values sealed";
            case OPEN -> "values opened";
        };
    }
}
