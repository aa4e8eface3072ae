package io.reseal.benchmarks.report;

/** What a figure has to reach. */
public record Target(Bound bound, double limit) {

    /** Which side of the limit is the good one. */
    public enum Bound {
        AT_LEAST("≥"),
        AT_MOST("≤");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }
    }

    public static Target atLeast(double limit) {
        return new Target(Bound.AT_LEAST, limit);
    }

    public static Target atMost(double limit) {
        return new Target(Bound.AT_MOST, limit);
    }

    /** Whether a value reaches it; the limit itself does, and what is no number does not. */
    public boolean isMet(double value) {
        return switch (bound) {
            case AT_LEAST -> value >= limit;
            case AT_MOST -> value <= limit;
        };
    }
}
