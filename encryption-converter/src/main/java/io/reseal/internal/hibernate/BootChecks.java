package io.reseal.internal.hibernate;

import java.util.List;
import java.util.Map;
import org.hibernate.cfg.CacheSettings;

/** Refuses, before anything is written, every mapping that would undo encryption or be broken by it. */
final class BootChecks {

    private BootChecks() {}

    /** @param settings Hibernate's */
    static void check(CompleteMapping mapping, Map<String, Object> settings, BootReport report) {
        List<BootRule> rules = List.of(
                new KeyRules(mapping),
                new ColumnRules(mapping),
                new TypeRules(mapping.metadata()),
                new CollectionRules(mapping),
                new SqlRules(mapping),
                new EntityRules(isSet(settings, CacheSettings.USE_DIRECT_REFERENCE_CACHE_ENTRIES)));
        mapping.encrypted().forEach(attribute -> rules.forEach(rule -> rule.check(attribute, report)));
        PlaintextRules plaintext = new PlaintextRules(mapping);
        mapping.encrypted().forEach(attribute -> plaintext.check(attribute, report));
        UnmappedMembers.forbid(mapping, report);
    }

    private static boolean isSet(Map<String, Object> settings, String name) {
        return Boolean.parseBoolean(String.valueOf(settings.get(name)));
    }
}
