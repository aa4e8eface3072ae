package io.reseal.rotation.internal.jdbc;

import io.reseal.StorageForm;

/** A column that holds sealed values; its name as in the database's dictionary. */
public record ValueColumn(String name, StorageForm form) {}
