package io.reseal.rotation.internal.jdbc;

import java.util.Optional;

/** A relation that holds rows of a table by itself: a leaf partition, or a member of an inheritance tree. */
public record TablePart(Optional<String> schema, String name) {}
