package io.reseal.internal.hibernate;

import io.reseal.internal.hibernate.MappedAttribute.Position;
import org.hibernate.engine.OptimisticLockStyle;
import org.hibernate.mapping.PersistentClass;

/** What an entity says about all of its attributes. */
final class EntityRules implements BootRule {

    private final boolean cachesReferences;

    /** @param cachesReferences whether immutable entities go into the second-level cache as they are */
    EntityRules(boolean cachesReferences) {
        this.cachesReferences = cachesReferences;
    }

    @Override
    public void check(MappedAttribute attribute, BootReport report) {
        if (attribute.position() == Position.ATTRIBUTE) {
            forbidLockByContent(attribute, report);
            forbidCachedReference(attribute, report);
            forbidHistory(attribute, report);
        }
    }

    private static void forbidLockByContent(MappedAttribute attribute, BootReport report) {
        OptimisticLockStyle style = attribute.entity().getRootClass().getOptimisticLockStyle();
        boolean comparesContent = style == OptimisticLockStyle.ALL || style == OptimisticLockStyle.DIRTY;
        if (comparesContent && attribute.outermost().isOptimisticLocked()) {
            report.add(
                    attribute,
                    "OptimisticLockType." + style + " compares it with fresh ciphertext, so every update would fail",
                    "Use a @Version, or exclude the attribute with @OptimisticLock(excluded = true)");
        }
    }

    private void forbidCachedReference(MappedAttribute attribute, BootReport report) {
        PersistentClass entity = attribute.entity();
        if (cachesReferences && entity.isCached() && !entity.isMutable()) {
            report.add(
                    attribute,
                    "the second-level cache would keep the @Immutable entity itself, and so the plaintext"
                            + " (hibernate.cache.use_reference_entries)",
                    "Set hibernate.cache.use_reference_entries to false, or remove @Cache");
        }
    }

    private static void forbidHistory(MappedAttribute attribute, BootReport report) {
        boolean isKept = !attribute.outermost().isAuditedExcluded()
                && !attribute.outermost().isTemporalExcluded();
        if (attribute.entity().getAuxiliaryTable() != null && isKept) {
            report.add(
                    attribute,
                    "the history table "
                            + attribute.entity().getAuxiliaryTable().getName()
                            + " would keep a copy that re-encryption does not follow",
                    "Exclude the attribute from the history (@Audited.Excluded or @Temporal.Excluded)");
        }
    }
}
