package io.reseal.internal.hibernate;

/** A group of mappings that can't work with, or would undo, encryption. */
interface BootRule {

    /**
     * Adds what is wrong with one attribute that is encrypted, or should be.
     *
     * @param report where every problem is added
     */
    void check(MappedAttribute attribute, BootReport report);
}
