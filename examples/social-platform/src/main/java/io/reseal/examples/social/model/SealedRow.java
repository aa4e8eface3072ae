package io.reseal.examples.social.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row with encrypted attributes, as the demo's writers keep a record of it. */
public interface SealedRow {

    Object getId();

    /** The optimistic version: every change by the application raises it by one, and re-encryption must not. */
    int getVersion();

    /** The plaintexts, in the order of their declaration. */
    List<@Nullable Object> secrets();
}
