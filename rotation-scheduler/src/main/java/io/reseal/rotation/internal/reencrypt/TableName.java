package io.reseal.rotation.internal.reencrypt;

import java.util.Optional;

/** A table of the application; schema empty for the connection's own. */
record TableName(Optional<String> schema, String table) {

    /** As Reseal's own tables spell an absent schema. */
    static TableName of(String schema, String table) {
        return new TableName(schema.isEmpty() ? Optional.empty() : Optional.of(schema), table);
    }

    String schemaText() {
        return schema.orElse("");
    }

    @Override
    public String toString() {
        return schema.map(name -> name + ".").orElse("") + table;
    }
}
