package io.reseal.rotation.internal.usage;

/**
 * How far an hour may differ from what is usual.
 *
 * @param usual what is usual, in operations
 * @param limit the greatest number that is not unusually high, or the least that is not unusually low
 */
record Bound(long usual, long limit) {

    /** Usage varies by factors: it is judged on the scale of {@code ln(1 + operations)}. */
    static double scaled(long operations) {
        return Math.log1p((double) operations);
    }

    /** Counted events scatter by the root of their number, however steady their cause. */
    private static double scatter(double usual, double spread) {
        double counting = 1 / Math.sqrt(1 + Math.expm1(usual));
        return UsageRules.OUTLIER * Math.max(Math.max(spread, UsageRules.LEAST_SPREAD), counting);
    }

    /**
     * All on the scale.
     *
     * @param usual at this hour
     * @param around the greatest that is usual near it
     */
    static Bound most(double usual, double around, double spread) {
        long operations = Math.round(Math.expm1(usual));
        long most = (long) Math.expm1(around + scatter(usual, spread));
        return new Bound(operations, Math.max(most, operations + UsageRules.LEAST_DIFFERENCE - 1));
    }

    /** The same, with the least that is usual near it. */
    static Bound least(double usual, double around, double spread) {
        long operations = Math.round(Math.expm1(usual));
        long least = (long) Math.ceil(Math.expm1(around - scatter(usual, spread)));
        return new Bound(operations, Math.min(least, operations - UsageRules.LEAST_DIFFERENCE + 1));
    }
}
