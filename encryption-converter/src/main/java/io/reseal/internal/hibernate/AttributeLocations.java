package io.reseal.internal.hibernate;

import java.util.List;

/**
 * Tells each encrypted attribute where it lives, once the mapping is complete: naming strategies, overrides and secondary
 * tables have all had their say by then.
 */
final class AttributeLocations {

    private AttributeLocations() {}

    static void locate(List<BoundAttribute> attributes, List<SealedPosition> positions) {
        attributes.forEach(
                attribute -> attribute.type().sealing().locate(location(attribute, path(attribute, positions))));
    }

    private static SealedAttribute location(BoundAttribute attribute, String path) {
        String table = attribute.value().getTable().getName();
        String column = attribute.column().getName();
        String context = attribute.annotation().context();
        return new SealedAttribute(
                attribute.entity(),
                path,
                table,
                column,
                attribute.keyType(),
                attribute.annotation().form(),
                context.isEmpty() ? table + "." + column : context);
    }

    @SuppressWarnings("ReferenceEquality") // the mapping knows each of its parts as one object
    private static String path(BoundAttribute attribute, List<SealedPosition> positions) {
        return positions.stream()
                .filter(position -> position.value() == attribute.value())
                .map(SealedPosition::path)
                .findFirst()
                .orElse(attribute.name());
    }
}
