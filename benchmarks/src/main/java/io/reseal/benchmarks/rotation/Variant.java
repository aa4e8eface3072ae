package io.reseal.benchmarks.rotation;

/** The two tables that everything is measured on; both have a primary key. */
enum Variant {
    NO_INDEX("no index", ""),
    THREE_INDEXES("three indexes", "_indexed");

    private final String label;
    private final String suffix;

    Variant(String label, String suffix) {
        this.label = label;
        this.suffix = suffix;
    }

    /** The name of the template database that holds this table, sealed as {@code sealed} says. */
    String template(String sealed) {
        return sealed + suffix;
    }

    @Override
    public String toString() {
        return label;
    }
}
